import { randomUUID } from 'node:crypto';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CLOCK, CONFIG, Health, JOURNAL, LogBirths, METRICS, OwnHeartbeat } from '@millrace/nest-kit';
import {
  controlPartitionOf,
  controlPartitions,
  topicsOf,
  type CommandVerdict,
  type RequestVerdict,
} from '@millrace/protocol';
import {
  AppendTally,
  LogWriter,
  readHeartbeat,
  TopicTail,
  type Clock,
  type Journal,
  type Metrics,
} from '@millrace/runtime';
import { QueryProxy } from './http/query-proxy.js';
import { ReadsController } from './http/reads.controller.js';
import { RunsController } from './http/runs.controller.js';
import { WorkersController } from './http/workers.controller.js';
import { WorkflowsController } from './http/workflows.controller.js';
import type { IngestConfig } from './ingest-config.js';
import { Ingest } from './ingest.js';
import { ingestMetrics } from './ingest-metrics.js';
import { LagBook } from './lag/lag-book.js';
import { LogEnds } from './lag/log-ends.js';
import { Intake } from './intake/intake.js';
import { Quarantine } from './intake/quarantine.js';
import { LogGate } from './log/log-gate.js';
import type { IngestLog } from './log/ingest-log.js';
import { QueueDirectory } from './queues/queue-directory.js';
import { BulkStreams } from './stream/bulk-stream.js';
import { RunCommands } from './submit/run-commands.js';
import { References } from './submit/references.js';
import { Submission } from './submit/submission.js';
import { readVerdicts } from './verdicts/read-verdicts.js';
import { RunStatuses } from './verdicts/run-statuses.js';
import { VerdictBook } from './verdicts/verdict-book.js';
import { Drains } from './workers/drains.js';
import { CatchUp } from './workflows/catch-up.js';
import { hearPins } from './workflows/hear-pins.js';
import { PinBook } from './workflows/pin-book.js';
import { Pinning } from './workflows/pinning.js';
import { Registration } from './workflows/registration.js';
import { WorkflowStreams } from './workflows/workflow-streams.js';
import { WorkflowRegistry } from './workflows/workflow-registry.js';

const INGEST = Symbol('INGEST');
/** Heartbeats read again at the start: a reader that is silent counts by what it said last. */
const heartbeatsReread = 5_000;
type MakeLog = (config: IngestConfig, journal: Journal) => IngestLog;

/** Every part of the service and what it is made of. */
@Module({})
export class IngestModule {
  static with(makeLog: MakeLog): DynamicModule {
    const part = <T>(token: abstract new (...parts: never[]) => T, pick: (ingest: Ingest) => T): Provider => ({
      provide: token,
      inject: [INGEST],
      useFactory: pick,
    });
    return {
      module: IngestModule,
      controllers: [WorkflowsController, RunsController, WorkersController, ReadsController],
      providers: [
        {
          provide: INGEST,
          inject: [CONFIG, JOURNAL, CLOCK, Health, METRICS],
          useFactory: (config: IngestConfig, journal: Journal, clock: Clock, health: Health, metrics: Metrics) => {
            const ingest = assemble(makeLog(config, journal), config, journal, clock, health);
            metrics.expose(ingestMetrics, ingest.facts);
            return ingest;
          },
        },
        part(Submission, (ingest) => ingest.submission),
        part(BulkStreams, (ingest) => ingest.streams),
        part(RunCommands, (ingest) => ingest.commands),
        part(Drains, (ingest) => ingest.drains),
        part(Registration, (ingest) => ingest.registration),
        part(WorkflowStreams, (ingest) => ingest.workflowStreams),
        part(LogBirths, (ingest) => ingest.births),
        part(QueryProxy, (ingest) => ingest.proxy),
      ],
    };
  }
}

function assemble(log: IngestLog, config: IngestConfig, journal: Journal, clock: Clock, health: Health): Ingest {
  const prefix = config.MILLRACE_TOPICS_PREFIX;
  const ackMs = config.MILLRACE_INGEST_ACK_MS;
  const topics = topicsOf(prefix);
  const id = `ingest-${randomUUID()}`;
  const { writer: records } = log;
  const appends = new AppendTally();
  const writer = new LogWriter({ writer: records, topic: topics.log, by: id, clock, journal, tally: appends });
  const takes = config.MILLRACE_INGEST_INTAKE_ENABLED;
  const births = new LogBirths({
    reader: log.reader(),
    prefix,
    uses: ({ log, control, workers, workflows, intake, quarantine }) => [
      ...[log, control, workers, workflows],
      ...(takes ? [intake, quarantine] : []),
    ],
    check: (plans) => log.check(plans),
    clock,
    journal,
  });
  const lag = new LagBook({
    eventsMax: config.MILLRACE_INGEST_LAG_EVENTS_MAX,
    ageMsMax: config.MILLRACE_INGEST_LAG_MS_MAX,
  });
  const logEnds = new LogEnds({
    reader: log.reader(),
    topic: topics.log,
    partitions: () => (births.isSound ? births.partitions : 0),
    clock,
    book: lag,
  });
  const gate = new LogGate({
    writer,
    clock,
    lag,
    ackMs,
    pendingItemsMax: config.MILLRACE_INGEST_PENDING_ITEMS_MAX,
    pendingBytesMax: config.MILLRACE_INGEST_PENDING_BYTES_MAX,
  });
  const registry = new WorkflowRegistry(journal);
  const workflows = new TopicTail({
    reader: log.reader(),
    topic: topics.workflows,
    from: 'start',
    clock,
    journal,
    onRecord: (record) => registry.take(record),
  });
  const book = new PinBook();
  const drains = new Drains(records, topics.control, clock);
  const heartbeats = new TopicTail({
    reader: log.reader(),
    topic: topics.workers,
    from: { lastRecords: heartbeatsReread },
    clock,
    journal,
    onRecord: ({ at, value }, isLive) => {
      const heartbeat = readHeartbeat(value);
      if (heartbeat === undefined) return;
      lag.hear(heartbeat, at);
      if (heartbeat.kind === 'worker') drains.hear(heartbeat, isLive ? clock.now() : at);
      // What an owner said before this process was there may be of a log that is gone.
      if (isLive) hearPins(heartbeat, book);
    },
  });
  const verdicts = new VerdictBook<RequestVerdict>(clock, config.MILLRACE_INGEST_VERDICT_MS, ({ run }) => run);
  const commandVerdictMs = config.MILLRACE_INGEST_COMMAND_VERDICT_MS;
  const commandVerdicts = new VerdictBook<CommandVerdict>(clock, commandVerdictMs, ({ command }) => command);
  const control = new TopicTail({
    reader: log.reader(),
    topic: topics.control,
    partition: controlPartitionOf(id, controlPartitions),
    from: { lastRecords: 0 },
    clock,
    journal,
    onRecord: ({ value }) => {
      const { requests, commands } = readVerdicts(value, id);
      for (const verdict of requests) verdicts.take(verdict);
      for (const verdict of commands) commandVerdicts.take(verdict);
    },
  });
  const catchUp = new CatchUp(log.reader(), topics.workflows, workflows, ackMs);
  const queues = new QueueDirectory(() => log.topicNames(), prefix, clock);
  const references = new References(registry, () => catchUp.run(), queues);
  const pinning = new Pinning(book, writer, clock, journal, ackMs);
  const submission = new Submission(births, references, pinning, gate, verdicts);
  const quarantine = new Quarantine(records, topics.quarantine, () => births.partitions);
  const registration = new Registration(records, prefix, registry, workflows, clock, ackMs);
  return new Ingest({
    intake: takes ? new Intake({ source: log.intake(), submission, quarantine, clock, journal }) : undefined,
    log,
    writer,
    appends,
    lag,
    births,
    gate,
    workflows,
    heartbeats,
    logEnds,
    control,
    verdicts: [verdicts, commandVerdicts],
    proxy: new QueryProxy(config.MILLRACE_QUERY_URL, config.MILLRACE_INGEST_QUERY_MS),
    ownHeartbeat: new OwnHeartbeat({ kind: 'ingest', id, writer: records, prefix, clock, journal }),
    submission,
    streams: new BulkStreams(submission, clock),
    commands: new RunCommands(
      births,
      gate,
      commandVerdicts,
      new RunStatuses(config.MILLRACE_QUERY_URL, commandVerdictMs),
    ),
    drains,
    registration,
    workflowStreams: new WorkflowStreams(registration, config.MILLRACE_INGEST_WORKFLOW_STREAM_BYTES_MAX, clock),
    health,
    clock,
  });
}

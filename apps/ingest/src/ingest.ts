import type { OnApplicationShutdown, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { checkRounds, type Health, type LogBirths, type OwnHeartbeat } from '@millrace/nest-kit';
import type { AppendTally, Clock, LogWriter, Rounds, TopicTail } from '@millrace/runtime';
import type { QueryProxy } from './http/query-proxy.js';
import type { IngestLog } from './log/ingest-log.js';
import type { IngestFacts } from './ingest-metrics.js';
import type { LagBook } from './lag/lag-book.js';
import type { LogEnds } from './lag/log-ends.js';
import type { Intake } from './intake/intake.js';
import type { LogGate } from './log/log-gate.js';
import type { BulkStreams } from './stream/bulk-stream.js';
import type { RunCommands } from './submit/run-commands.js';
import type { Drains } from './workers/drains.js';
import type { Submission } from './submit/submission.js';
import type { Registration } from './workflows/registration.js';
import type { WorkflowStreams } from './workflows/workflow-streams.js';

export interface IngestParts {
  readonly log: IngestLog;
  readonly writer: LogWriter;
  /** What the writer has written. */
  readonly appends: AppendTally;
  readonly lag: LagBook;
  readonly births: LogBirths;
  readonly gate: LogGate;
  readonly workflows: TopicTail;
  readonly heartbeats: TopicTail;
  readonly logEnds: LogEnds;
  readonly control: TopicTail;
  /** Absent where it takes requests over HTTP only. */
  readonly intake: Intake | undefined;
  readonly verdicts: readonly { readonly awaited: number }[];
  readonly proxy: QueryProxy;
  readonly ownHeartbeat: OwnHeartbeat;
  readonly submission: Submission;
  readonly streams: BulkStreams;
  readonly commands: RunCommands;
  readonly drains: Drains;
  readonly registration: Registration;
  readonly workflowStreams: WorkflowStreams;
  readonly health: Health;
  readonly clock: Clock;
}

/** The parts of the service as one: starts them without waiting for Kafka, and stops them. Both are idempotent. */
export class Ingest implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  readonly births: LogBirths;
  readonly proxy: QueryProxy;
  readonly submission: Submission;
  readonly streams: BulkStreams;
  readonly commands: RunCommands;
  readonly drains: Drains;
  readonly registration: Registration;
  readonly workflowStreams: WorkflowStreams;

  constructor(private readonly parts: IngestParts) {
    this.births = parts.births;
    this.proxy = parts.proxy;
    this.submission = parts.submission;
    this.streams = parts.streams;
    this.commands = parts.commands;
    this.drains = parts.drains;
    this.registration = parts.registration;
    this.workflowStreams = parts.workflowStreams;
  }

  /** What it counts. */
  get facts(): IngestFacts {
    const { submission, gate, lag, intake, verdicts, appends } = this.parts;
    return { items: submission.tally, gate, lag, intake, verdicts, appends };
  }

  onModuleInit(): void {
    const { births, gate, workflows, heartbeats, control, logEnds, intake, ownHeartbeat, health } = this.parts;
    health.register('log', () => births.check());
    health.register('intake', () => gate.check());
    health.register('workflows', () => ({
      ready: workflows.caughtUp,
      detail: workflows.fault ?? `read up to ${workflows.position}`,
    }));
    health.register('verdicts', () => ({
      ready: control.caughtUp && control.fault === undefined,
      detail: control.fault ?? `${this.parts.verdicts.reduce((sum, { awaited }) => sum + awaited, 0)} requests wait`,
      ...(control.fault === undefined ? {} : { waitsFor: 'kafka' }),
    }));
    if (intake !== undefined) health.register('events', () => intake.check());
    health.register('loops', () => checkRounds(this.parts.clock, this.#rounds()));
    void births.start().then(() => intake?.start());
    workflows.start();
    heartbeats.start();
    logEnds.start();
    control.start();
    ownHeartbeat.start();
  }

  #rounds(): Rounds[] {
    const { workflows, heartbeats, control, logEnds, ownHeartbeat, writer, intake } = this.parts;
    const loops = [workflows, heartbeats, control, logEnds, ownHeartbeat].map(({ rounds }) => rounds);
    return [...loops, ...writer.rounds, ...(intake?.rounds ?? [])];
  }

  onModuleDestroy(): void {
    this.proxy.endTails();
  }

  /** What waits for the log still gets its time; then everything is closed. */
  async onApplicationShutdown(): Promise<void> {
    const { births, workflows, heartbeats, control, logEnds, intake, ownHeartbeat, writer, proxy, log } = this.parts;
    ownHeartbeat.stop();
    proxy.close();
    await intake?.stop();
    await Promise.all([
      births.stop(),
      workflows.stop(),
      heartbeats.stop(),
      control.stop(),
      logEnds.stop(),
      writer.stop(),
    ]);
    await log.close();
  }
}

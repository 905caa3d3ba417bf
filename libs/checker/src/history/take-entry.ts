import type { Instant, RunId, TaskFinished, TaskIndex, TaskSpec, WorkerSeen } from '@millrace/domain';
import type { EntrySeen } from '../rule.js';
import { partsOf } from '../split-entries.js';
import type { PartitionHistory } from './partition-history.js';
import { RunHistory } from './run-history.js';

/** What of a worker's slots is remembered: the last two lines, since a decision may have been made on the one before. */
const linesKept = 2;
/** A fold remembers lost workers for a day; an hour later nobody does. */
const lostForgottenMs = 25 * 60 * 60 * 1_000;

/** What an accepted event says by itself, before anything that follows from it. */
export function takeEntry(history: PartitionHistory, { item, entry }: EntrySeen): void {
  switch (item.type) {
    case 'PartitionBorn':
      history.birth = item;
      history.rules = item.rules;
      return;
    case 'RulesAdvanced':
      history.rules = item.rules;
      return;
    case 'PartitionClaimed':
      history.epoch = item.epoch;
      return;
    case 'WorkflowPinned':
      return history.flows.takePart(item);
    case 'RunRequested': {
      const flow =
        item.workflow === undefined
          ? history.flows.single(item.task as TaskSpec)
          : history.flows.get(item.workflow.version);
      if (flow !== undefined) history.runs.set(item.run, new RunHistory(item, flow, history.time));
      return;
    }
    case 'CancelRequested': {
      const run = history.runs.get(item.run);
      if (run !== undefined) run.closing = 'cancelled';
      return;
    }
    case 'WorkersSeen':
      return takeWorker(history, item.workers[entry]!);
    case 'WorkerLost':
      history.workers.set(item.worker, { seen: [], lostAt: history.time });
      return;
    case 'TaskStarted':
      return takeStart(history, item, item.nonce);
    case 'StartsSeen':
      return takeStart(history, partsOf(item)[entry] as (typeof item.entries)[number], undefined);
    case 'AttemptsOverran':
      return count(history, 'failures', item.entries[entry]!);
    case 'TaskFinished':
      return takeReport(history, item);
    default:
  }
}

function takeWorker({ workers, time }: PartitionHistory, line: WorkerSeen): void {
  const before = workers.get(line.worker);
  if (before === undefined) forgetLost(workers, time);
  workers.set(line.worker, { seen: [line, ...(before?.seen ?? [])].slice(0, linesKept), lostAt: undefined });
}

function forgetLost(workers: PartitionHistory['workers'], time: Instant): void {
  for (const [id, { lostAt = Infinity }] of workers) if (lostAt < time - lostForgottenMs) workers.delete(id);
}

function takeStart(
  history: PartitionHistory,
  { run, task, worker }: { run: RunId; task: TaskIndex; worker: string },
  claim: string | undefined,
): void {
  const flight = history.runs.get(run)?.flights.get(task);
  if (flight === undefined) return;
  Object.assign(flight, { worker, isStarted: true, claim });
  if (!history.workers.has(worker)) history.workers.set(worker, { seen: [], lostAt: undefined });
}

function takeReport(history: PartitionHistory, report: TaskFinished): void {
  const { outcome, task } = report;
  if (outcome.kind === 'died') return count(history, 'deaths', report);
  if (outcome.kind !== 'succeeded') return count(history, 'failures', report);
  const run = history.runs.get(report.run);
  if (run?.flow.hasConditions === true) run.taken.set(task, new Set(outcome.taken));
}

function count(
  history: PartitionHistory,
  what: 'failures' | 'deaths',
  { run: id, task }: { run: RunId; task: TaskIndex },
): void {
  const counts = history.runs.get(id)?.[what];
  counts?.set(task, (counts.get(task) ?? 0) + 1);
}

import type { EventType, Event, Item, Unreadable } from '@millrace/domain';
import * as is from './checks.js';
import { shown } from './shown.js';

type Checks = Readonly<Record<string, is.Check>>;
interface EventShape {
  /** Rules version that this kind was born with. */
  readonly since: number;
  readonly required: Checks;
  readonly optional?: Checks;
}

type OptionalKey<E> = { [K in keyof E]-?: undefined extends E[K] ? K : never }[keyof E];
type RequiredKey<E> = Exclude<keyof E, OptionalKey<E> | 'type'>;
/** A check for each member of an event, so that a member which is missing here or there does not compile. */
type ShapeOf<E> = {
  readonly since: number;
  readonly required: Readonly<Record<RequiredKey<E>, is.Check>>;
} & ([OptionalKey<E>] extends [never]
  ? { readonly optional?: undefined }
  : { readonly optional: Readonly<Record<OptionalKey<E>, is.Check>> });

const attempt = { run: is.run, task: is.count, attempt: is.positive } as const;
const byWorker = { ...attempt, worker: is.name } as const;

/** The members of every kind of event that can be in the log. A field that is not here makes its item unreadable. */
const shapes: { readonly [Type in EventType]: ShapeOf<Extract<Event, { type: Type }>> } = {
  PartitionBorn: {
    since: 1,
    required: { cluster: is.name, nonce: is.name, partition: is.count, partitions: is.positive, rules: is.positive },
  },
  PartitionClaimed: { since: 1, required: { epoch: is.positive, nonce: is.name, knows: is.positive } },
  RulesAdvanced: { since: 1, required: { rules: is.positive, command: is.name } },
  WorkflowPinned: {
    since: 1,
    required: { version: is.version, part: is.count, of: is.positive, body: is.text },
  },
  RunRequested: {
    since: 1,
    required: { run: is.run, tenant: is.name },
    optional: {
      workflow: is.object({ name: is.name, version: is.version }),
      task: is.object(
        { handler: is.handler },
        {
          queue: is.queue,
          band: is.band,
          retry: is.object(
            {},
            {
              failuresMax: is.positive,
              policy: is.backOff,
              delayMs: is.count,
              factor: is.positive,
              delayMsMax: is.count,
              totalMs: is.positive,
              nonRetryable: is.list(is.name),
            },
          ),
          startToCloseMs: is.positive,
          heartbeatTimeoutMs: is.positive,
          scheduleToStartMs: is.positive,
          scheduleToCloseMs: is.positive,
          delayMs: is.count,
          claimFirst: is.flag,
        },
      ),
      input: is.payload,
      band: is.band,
      runAt: is.instant,
      delayMs: is.count,
      scheduleToCloseMs: is.positive,
      idempotency: is.object({ key: is.name, body: is.bodyHash }),
      asksVerdict: is.flag,
      traceparent: is.traceparent,
    },
  },
  GapAccepted: { since: 1, required: { from: is.positive, to: is.positive, command: is.name } },
  CancelRequested: {
    since: 1,
    required: { run: is.run, command: is.name },
    optional: { reason: is.text, asksVerdict: is.flag },
  },
  PauseRequested: {
    since: 1,
    required: { run: is.run, command: is.name },
    optional: { reason: is.text, asksVerdict: is.flag },
  },
  ResumeRequested: {
    since: 1,
    required: { run: is.run, command: is.name },
    optional: { reason: is.text, asksVerdict: is.flag },
  },
  PriorityRequested: {
    since: 1,
    required: { run: is.run, band: is.band, command: is.name },
    optional: { task: is.count, asksVerdict: is.flag },
  },
  WorkersSeen: {
    since: 1,
    required: {
      epoch: is.positive,
      workers: is.list(
        is.object({
          worker: is.name,
          queues: is.record(is.list(is.count)),
          handlers: is.list(is.handler),
          credits: is.count,
        }),
      ),
    },
  },
  TasksDispatched: {
    since: 1,
    required: {
      epoch: is.positive,
      basis: is.count,
      reason: is.text,
      entries: is.list(is.object({ ...byWorker, to: is.count })),
    },
  },
  TaskStarted: { since: 1, required: { ...byWorker, startedAt: is.instant }, optional: { nonce: is.name } },
  CheckpointSaved: { since: 1, required: { ...byWorker, checkpoint: is.payload }, optional: { nonce: is.name } },
  TaskFinished: {
    since: 1,
    required: { ...byWorker, startedAt: is.instant, finishedAt: is.instant, outcome: is.outcome },
    optional: { nonce: is.name },
  },
  TaskReturned: { since: 1, required: { ...byWorker, reason: is.returnReason }, optional: { nonce: is.name } },
  TasksRecalled: {
    since: 1,
    required: { epoch: is.positive, reason: is.recallReason, entries: is.list(is.object(attempt, { claim: is.name })) },
  },
  AttemptsOverran: {
    since: 1,
    required: {
      epoch: is.positive,
      entries: is.list(
        is.object({ ...byWorker, runningMs: is.count, chance: is.chance }, { claim: is.name, silentMs: is.count }),
      ),
    },
  },
  StartsSeen: {
    since: 1,
    required: { epoch: is.positive, entries: is.list(is.object({ ...byWorker, runningMs: is.count })) },
  },
  WorkerLost: { since: 1, required: { epoch: is.positive, worker: is.name }, optional: { left: is.flag } },
  RunSwept: { since: 1, required: { epoch: is.positive, run: is.run, from: is.count, to: is.positive } },
  TimersFired: { since: 1, required: { epoch: is.positive, until: is.count } },
};

const shapeByType = new Map<unknown, EventShape>(Object.entries(shapes));
const checkByType = new Map(
  [...shapeByType].map(([type, shape]) => [
    type,
    is.object({ type: is.text, ...shape.required }, shape.optional ?? {}),
  ]),
);

/** Judges the parsed JSON of one item under the rules in force. Total: whatever it is, the answer is an item. */
export function decodeItem(value: unknown, rules: number): Item {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return unreadable('not-an-event', 'The item is not an object.');
  }
  const type = (value as { type?: unknown }).type;
  const shape = shapeByType.get(type);
  if (shape === undefined || shape.since > rules) {
    return unreadable('unknown-kind', `${shown(type)} is no event of rules ${rules}.`);
  }
  const fault = checkByType.get(type as string)!(value);
  if (fault !== undefined) return unreadable('bad-field', fault.slice(0, 200).toWellFormed());
  const event = value as Event;
  if (event.type === 'RunRequested' && (event.workflow === undefined) === (event.task === undefined)) {
    return unreadable('bad-field', 'exactly one of workflow and task names what runs');
  }
  return event;
}

function unreadable(cause: string, detail: string): Unreadable {
  return { type: 'unreadable', cause, detail };
}

import { isTerminal, taskStatuses, taskTransitions, type EventType, type TaskStatus } from '../index.js';

/** An edge of the transition table, as `from -> to`. */
export type Edge = `${TaskStatus} -> ${TaskStatus}`;

/** What takes an edge: the event that is accepted, and when. */
export interface EdgeCause {
  readonly event: EventType;
  readonly when: string;
}

const report = (when: string): EdgeCause => ({ event: 'TaskFinished', when });
const backToQueue: readonly EdgeCause[] = [
  { event: 'TaskReturned', when: 'its worker hands it back' },
  { event: 'TasksRecalled', when: 'its worker does not list it any more, or is blocked by another handler' },
  { event: 'WorkerLost', when: 'its worker is silent for a session' },
  report('it ran alone under suspicion and its process died for the first time'),
];
const runDeadline: EdgeCause = { event: 'TimersFired', when: "its run's schedule-to-close is over" };
const closeBy: readonly EdgeCause[] = [{ event: 'TimersFired', when: 'its schedule-to-close is over' }, runDeadline];
const startBy: EdgeCause = { event: 'TimersFired', when: 'its schedule-to-start is over' };
const cancel: readonly EdgeCause[] = [{ event: 'CancelRequested', when: 'the run is cancelled' }];
const ends = {
  succeeded: [report('it succeeded')],
  failed: [
    report('it failed and no retry could help'),
    { event: 'TasksRecalled', when: 'it can never be published' },
  ] as readonly EdgeCause[],
  backing_off: [
    report('it failed or timed out, and has retries left'),
    {
      event: 'AttemptsOverran',
      when: 'its worker did not end it at start-to-close or heartbeat timeout, and it has retries left',
    },
  ] as readonly EdgeCause[],
  timed_out: [
    report('its last attempt ended at start-to-close or heartbeat timeout'),
    {
      event: 'AttemptsOverran',
      when: 'the worker of its last attempt did not end it at start-to-close or heartbeat timeout',
    },
  ] as readonly EdgeCause[],
  dead_lettered: [report('it failed and its retries are spent, or its own process died twice')],
};

/** Who takes which edge. An edge without a cause is reserved: no event takes it yet. */
export const edgeCauses: Readonly<Partial<Record<Edge, readonly EdgeCause[]>>> = {
  'pending -> queued': [
    { event: 'RunRequested', when: 'it has no parents, or waits for none' },
    report('the end of a parent meets its join'),
    { event: 'TasksRecalled', when: 'the end of a parent meets its join' },
    { event: 'TimersFired', when: 'the time-out of a parent meets its join' },
    { event: 'AttemptsOverran', when: 'the time-out of a parent meets its join' },
  ],
  'pending -> scheduled': [
    { event: 'RunRequested', when: 'it waits for no parent, but for its run to come to its time or for its own delay' },
    report('the end of a parent meets its join, and it has a delay or its run has not come to its time'),
    { event: 'TimersFired', when: 'the time-out of a parent meets its join, and it has a delay' },
    { event: 'TasksRecalled', when: 'the end of a parent meets its join, and it has a delay' },
    { event: 'AttemptsOverran', when: 'the time-out of a parent meets its join, and it has a delay' },
  ],
  'pending -> skipped': [
    report('its join can never be met'),
    { event: 'TasksRecalled', when: 'its join can never be met' },
    { event: 'TimersFired', when: 'a parent timed out and its join can never be met' },
    { event: 'AttemptsOverran', when: 'a parent timed out and its join can never be met' },
  ],
  'pending -> cancelled': cancel,
  'pending -> timed_out': [runDeadline],
  'scheduled -> queued': [{ event: 'TimersFired', when: 'its time has come' }],
  'scheduled -> cancelled': cancel,
  'scheduled -> timed_out': [runDeadline],
  'queued -> dispatched': [{ event: 'TasksDispatched', when: 'its owner chose a worker' }],
  'queued -> cancelled': cancel,
  'queued -> timed_out': [startBy, ...closeBy],
  'dispatched -> running': [
    { event: 'TaskStarted', when: 'its worker starts or claims it' },
    { event: 'StartsSeen', when: 'its worker lists it as running for 5 s and has not said so in the log' },
  ],
  'dispatched -> succeeded': ends.succeeded,
  'dispatched -> failed': ends.failed,
  'dispatched -> backing_off': ends.backing_off,
  'dispatched -> queued': backToQueue.filter(({ event }) => event !== 'TasksRecalled'),
  'dispatched -> cancelled': cancel,
  'dispatched -> timed_out': [...ends.timed_out, startBy, ...closeBy],
  'dispatched -> dead_lettered': ends.dead_lettered,
  'running -> succeeded': ends.succeeded,
  'running -> failed': ends.failed,
  'running -> backing_off': ends.backing_off,
  'running -> queued': backToQueue,
  'running -> cancelled': cancel,
  'running -> timed_out': [...ends.timed_out, ...closeBy],
  'running -> dead_lettered': ends.dead_lettered,
  'backing_off -> queued': [{ event: 'TimersFired', when: 'its back-off is over' }],
  'backing_off -> cancelled': cancel,
  'backing_off -> timed_out': closeBy,
};

/** Every edge of the transition table, in its order. */
export const allEdges: readonly Edge[] = taskStatuses.flatMap((from) =>
  taskTransitions[from].map((to): Edge => `${from} -> ${to}`),
);

/** The text of docs/state-machine.md. */
export function stateMachinePage(): string {
  return `# States of a task run

<!-- Generated from libs/domain/src/task/task-status.ts; rewrite with: UPDATE_DOCS=1 npx vitest run --project spec state-diagram -->

A task run is a node of a run. These are all the states and edges there are: one table in code, and the fold refuses any
other edge. Two things never move a task run: a clock, and an event that was rejected.

\`\`\`mermaid
stateDiagram-v2
  [*] --> pending
${allEdges.map((edge) => `  ${edge.replace('->', '-->')}`).join('\n')}
${taskStatuses
  .filter(isTerminal)
  .map((status) => `  ${status} --> [*]`)
  .join('\n')}
\`\`\`

## Which event takes which edge

<!-- prettier-ignore-start -->

| from | to | event | when |
|---|---|---|---|
${allEdges.flatMap(rows).join('\n')}

<!-- prettier-ignore-end -->

## How a run ends

A run is \`running\` until all its task runs are terminal. It then has \`failed\` if a leaf failed, timed out, was
dead-lettered, or was skipped because something above it did not succeed (\`upstream_failed\`); otherwise it has \`succeeded\`. \`CancelRequested\`
ends every open task run and the run at once, as \`cancelled\`; a run's own schedule-to-close does the same, as \`timed_out\`.
`;
}

function rows(edge: Edge): string[] {
  const [from, to] = edge.split(' -> ') as [TaskStatus, TaskStatus];
  const causes = edgeCauses[edge];
  if (causes === undefined) return [`| \`${from}\` | \`${to}\` | | reserved, no event takes it yet |`];
  return causes.map(({ event, when }) => `| \`${from}\` | \`${to}\` | \`${event}\` | ${when} |`);
}

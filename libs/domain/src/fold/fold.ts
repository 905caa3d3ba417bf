import type { Event, EventType } from '../event/event.js';
import type { Frame, Item } from '../event/frame.js';
import type { Instant } from '../ids.js';
import type { PartitionState } from '../partition/partition-state.js';
import { attemptsOverran } from './attempts-overran.js';
import { cancelRequested } from './cancel-requested.js';
import { checkpointSaved } from './checkpoint-saved.js';
import type { FoldSink, Rejection } from './fold-sink.js';
import type { EventFold, Folding, PluralFold } from './folding.js';
import { gapAccepted } from './gap-accepted.js';
import { partitionBorn } from './partition-born.js';
import { partitionClaimed } from './partition-claimed.js';
import { pauseRequested } from './pause-requested.js';
import { resumeRequested } from './resume-requested.js';
import { priorityRequested } from './priority-requested.js';
import { runRequested } from './run-requested.js';
import { startsSeen } from './starts-seen.js';
import { rulesAdvanced } from './rules-advanced.js';
import { runSwept } from './run-swept.js';
import { taskFinished } from './task-finished.js';
import { taskReturned } from './task-returned.js';
import { taskStarted } from './task-started.js';
import { tasksDispatched } from './tasks-dispatched.js';
import { tasksRecalled } from './tasks-recalled.js';
import { timersFired } from './timers-fired.js';
import { workerLost } from './worker-lost.js';
import { workersSeen } from './workers-seen.js';
import { workflowPinned } from './workflow-pinned.js';

type FoldTable = {
  readonly [Type in EventType]:
    | EventFold<Extract<Event, { type: Type }>>
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each plural event has entries of its own type
    | PluralFold<Extract<Event, { type: Type }>, any>;
};

/** Where each event is judged and applied. */
const folds: FoldTable = {
  PartitionBorn: partitionBorn,
  PartitionClaimed: partitionClaimed,
  RulesAdvanced: rulesAdvanced,
  WorkflowPinned: workflowPinned,
  RunRequested: runRequested,
  CancelRequested: cancelRequested,
  PauseRequested: pauseRequested,
  ResumeRequested: resumeRequested,
  GapAccepted: gapAccepted,
  PriorityRequested: priorityRequested,
  WorkersSeen: workersSeen,
  TasksDispatched: tasksDispatched,
  TaskStarted: taskStarted,
  CheckpointSaved: checkpointSaved,
  TaskFinished: taskFinished,
  TaskReturned: taskReturned,
  TasksRecalled: tasksRecalled,
  AttemptsOverran: attemptsOverran,
  StartsSeen: startsSeen,
  WorkerLost: workerLost,
  RunSwept: runSwept,
  TimersFired: timersFired,
};

/** How far a writer's clock may move partition time beyond the broker's. */
export const writerLeapMsMax = 60_000;

/**
 * Folds one record of the log into the state. Pure: the same state, frame, offset and time give the same state and the
 * same calls of `sink`, whoever folds. Total: bad items are quarantined or rejected, never thrown.
 *
 * @param at the record's append time.
 */
export function foldFrame(state: PartitionState, frame: Frame, offset: number, at: Instant, sink: FoldSink): void {
  const isReadable = frame.seq > 0;
  state.position = offset + 1;
  if (isReadable) state.time = Math.max(state.time, Math.min(at, frame.now + writerLeapMsMax));
  const isNew = !isReadable || state.writers.advance(frame.by, frame.seq, state.time);
  const folding = { state, sink, at: state.time, offset, index: 0 };
  frame.items.forEach((item, index) => {
    folding.index = index;
    if (item.type === 'unreadable') {
      state.quarantined += 1;
      sink.quarantined(index, item.cause, item.detail);
    } else if (!isNew) rejectAll(folding, item, 'duplicate-frame');
    else if (state.birth === undefined && item.type !== 'PartitionBorn') rejectAll(folding, item, 'not-born');
    else foldEvent(folding, item);
  });
}

function foldEvent(folding: Folding, event: Event): void {
  const fold = folds[event.type] as EventFold<Event> | PluralFold<Event, unknown>;
  const reason = fold.judge(folding.state, event);
  if (reason !== undefined) rejectAll(folding, event, reason);
  else if ('entries' in fold) foldEntries(folding, event, fold);
  else {
    accept(folding, event.type);
    fold.apply(folding, event);
  }
}

function foldEntries(folding: Folding, event: Event, fold: PluralFold<Event, unknown>): void {
  fold.entries(event).forEach((entry, index) => {
    const reason = fold.judgeEntry(folding.state, event, entry);
    if (reason !== undefined) return reject(folding, event, index, reason);
    accept(folding, event.type);
    fold.applyEntry(folding, event, entry);
  });
}

function accept({ state, sink }: Folding, type: EventType): void {
  state.accepted += 1;
  sink.accepted(type);
}

function reject({ state, sink }: Folding, item: Item, entry: number, reason: Rejection): void {
  state.rejected += 1;
  sink.rejected(item, entry, reason);
}

function rejectAll(folding: Folding, event: Event, reason: Rejection): void {
  for (let entry = 0; entry < entryCount(event); entry++) reject(folding, event, entry, reason);
}

/** A plural event has as many entries as it lists, every other event one. */
export function entryCount(item: Item): number {
  if (item.type === 'unreadable') return 1;
  const fold = folds[item.type] as EventFold<Event> | PluralFold<Event, unknown>;
  return 'entries' in fold ? fold.entries(item).length : 1;
}

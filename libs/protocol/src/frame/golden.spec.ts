import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { foldFrame, PartitionState, type Event, type EventType } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { decodeFrame } from './decode-frame.js';
import { crcText, encodeFrame, encodeItem } from './encode-frame.js';

/**
 * A log of rules 1 as bytes, and what it decodes and folds to. The frames are never written again. `expected.json` is only
 * written with GOLDEN_EXPECTED=rewrite, for a change that adds something to what is expected.
 */
const folder = fileURLToPath(new URL('../../golden/v1/', import.meta.url));
const expectedPath = join(folder, 'expected.json');

const flow = given.workflow({ extract: [], load: ['extract'] }, { load: { input: { table: 'flights' } } });
const [extract, load] = [given.taskOf(flow, 'extract'), given.taskOf(flow, 'load')];
const other: given.TaskRef = { run: given.runNamed(2), task: 0 };
const lost: given.TaskRef = { run: given.runNamed(3), task: 0 };
const joinedRun = given.runNamed(4);
const joined = given.workflow(
  { a: [], b: [], all: ['a', 'b'], done: ['a', 'b'], one: ['a', 'b'], none: ['a'], always: ['b'], two: ['a', 'b'] },
  { done: { join: 'all_done' }, one: { join: 'one_success' }, none: { join: 'none_failed' }, always: { join: 'always' }, two: { join: { rule: 'n_of_m', n: 2 } } },
); // prettier-ignore
const branchedRun = given.runNamed(40);
const branched = given.workflow(
  { check: [], load: [{ id: 'check', when: 'result.rows > 0' }], alert: [{ id: 'check', when: 'result.rows == 0' }], report: ['check'], end: ['load', 'alert'] },
  { end: { join: 'none_failed' } },
); // prettier-ignore
const text = (events: readonly Event[]): string[] => events.map(encodeItem);

/** The frames as they were made; only looked at while a file of theirs does not exist. */
const frames: readonly (readonly [name: string, items: readonly string[]])[] = [
  ['born', text([given.born()])],
  ['claimed', text([given.claimed()])],
  ['workers-seen', text([given.workersSeen({}, { worker: 'worker-2' })])],
  ['pinned', text(given.pinnedInParts(flow, 2))],
  ['requested', text([given.workflowRequested(flow, { input: { day: '2026-11-24', é: [1.5, -0.25, true, null] }, band: 4 })])],
  ['requested-single', text([other, lost].map(({ run }) => given.singleRequested({ queue: 'default', claimFirst: true, startToCloseMs: 1_000, retry: { failuresMax: 2 } }, { run })))],
  ['dispatched', text([given.dispatchedAll([extract, other, lost].map((ref) => ({ ...ref, attempt: 1, worker: given.w1, to: 3 })))])],
  ['started', text([given.started(extract), given.started(other, { nonce: 'n1' })])],
  ['finished', text([given.finished(extract, { outcome: { kind: 'succeeded', result: { rows: 3 } } })])],
  ['failed', text([given.failed(other, { nonce: 'n1', chance: 0 })])],
  ['timers-fired', text([given.timersFired()])],
  ['returned', text([given.dispatched(other, { attempt: 2 }), given.returned(other, { attempt: 2, reason: 'draining' })])],
  ['timed-out', text([given.dispatched(other, { attempt: 3 }), given.timedOut(other, { attempt: 3 })])],
  ['recalled', text([given.started(lost), given.recalled(lost), given.dispatched(lost, { attempt: 2 })])],
  ['worker-lost', text([given.workerLost()])],
  ['cancelled', text([given.cancelled({ run: lost.run, reason: 'asked' }), given.cancelled({ run: lost.run })])],
  ['bad-items', [...text([given.cancelled()]), 'null', '{"type":"Later"}', '{"type":"WorkerLost"}', '{"type":"CancelRequested","run":9007199254740993}', '"\\u0000"', encodeItem(given.dispatched(load))]],
  ['no-frame', []],
  ['joins', text([given.pinned(joined), given.workflowRequested(joined, { run: joinedRun }), given.dispatched(given.taskOf(joined, 'a', joinedRun), { worker: 'worker-2' }), given.dispatched(given.taskOf(joined, 'b', joinedRun), { worker: 'worker-2' }), given.failed(given.taskOf(joined, 'a', joinedRun), { worker: 'worker-2', retryable: false })])],
  ['deadlines', text([given.singleRequested({ scheduleToStartMs: 5_000, scheduleToCloseMs: 60_000 }, { run: given.runNamed(5) }), given.singleRequested({ scheduleToStartMs: 1 }, { run: given.runNamed(6) }), given.workflowRequested(flow, { run: given.runNamed(7), scheduleToCloseMs: 90_000 })])],
  ['deadline-over', text([given.timersFired()])],
  ['delayed', text([given.singleRequested({ delayMs: 1_000 }, { run: given.runNamed(8) }), given.singleRequested({}, { run: given.runNamed(9), runAt: given.epochStart + 600_000 }), given.workflowRequested(flow, { run: given.runNamed(10), delayMs: 60_000 })])],
  ['retries', text([given.singleRequested({ retry: { policy: 'fixed', delayMs: 250, totalMs: 600_000, nonRetryable: ['Refused'] } }, { run: given.runNamed(11) }), given.dispatched({ run: given.runNamed(11), task: 0 }, { worker: 'worker-2' }), given.failed({ run: given.runNamed(11), task: 0 }, { worker: 'worker-2', retryAfterMs: 30_000 })])],
  ['overran', text([given.singleRequested({ startToCloseMs: 1_000 }, { run: given.runNamed(12) }), given.dispatched({ run: given.runNamed(12), task: 0 }, { worker: 'worker-2' }), given.overran({ run: given.runNamed(12), task: 0 }, { worker: 'worker-2', runningMs: 1_001, chance: 1 })])],
  ['idempotency', text([given.singleRequested({}, { run: given.runNamed(13), ...given.keyed('order-17', 'body') }), given.singleRequested({}, { run: given.runNamed(14), ...given.keyed('order-17', 'body') }), given.singleRequested({}, { run: given.runNamed(15), ...given.keyed('order-17', 'another') }), given.singleRequested({}, { run: given.runNamed(16), asksVerdict: true })])],
  ['starts-seen', text([given.singleRequested({}, { run: given.runNamed(40) }), given.dispatched({ run: given.runNamed(40), task: 0 }, { worker: 'worker-2' }), given.startsSeen({ run: given.runNamed(40), task: 0 }, { worker: 'worker-2', runningMs: 5_001 }), given.recalled({ run: given.runNamed(40), task: 0 }, { reason: 'blocked' })])],
  ['branches', text([given.pinned(branched), given.workflowRequested(branched, { run: branchedRun }), given.dispatched(given.taskOf(branched, 'check', branchedRun), { worker: 'worker-2' }), given.finished(given.taskOf(branched, 'check', branchedRun), { worker: 'worker-2', outcome: { kind: 'succeeded', result: { rows: 0 }, taken: [2] } })])],
  ['poison', text([given.dispatched({ run: given.runNamed(40), task: 0 }, { attempt: 2, worker: 'worker-2' }), given.died({ run: given.runNamed(40), task: 0 }, { attempt: 2, worker: 'worker-2' }), given.dispatched({ run: given.runNamed(40), task: 0 }, { attempt: 3, worker: 'worker-2' }), given.died({ run: given.runNamed(40), task: 0 }, { attempt: 3, worker: 'worker-2' }), given.workerLost({ worker: 'worker-2', left: true })])],
  ['paused', text([given.paused({ run: given.runNamed(12), reason: 'asked' }), given.paused({ run: given.runNamed(12) }), given.resumed({ run: given.runNamed(11) }), given.paused({ run: given.runNamed(7) }), given.resumed({ run: given.runNamed(7) })])],
  ['gap-accepted', text([given.gapAccepted(), given.gapAccepted({ from: 3, to: 4 })])],
  ['checkpoints', text([given.singleRequested({ heartbeatTimeoutMs: 1_000 }, { run: given.runNamed(60) }), given.dispatched({ run: given.runNamed(60), task: 0 }, { worker: 'worker-2' }), given.saved({ run: given.runNamed(60), task: 0 }, { page: 1 }, { worker: 'worker-2' }), given.saved({ run: given.runNamed(60), task: 0 }, { page: 2 }, { worker: 'worker-2' }), given.overran({ run: given.runNamed(60), task: 0 }, { worker: 'worker-2', runningMs: 1_500, silentMs: 1_001, chance: 1 }), given.saved({ run: given.runNamed(60), task: 0 }, { page: 3 }, { worker: 'worker-2' })])],
  ['priority', text([given.singleRequested({}, { run: given.runNamed(70) }), given.prioritized({ run: given.runNamed(70) }), given.workflowRequested(flow, { run: given.runNamed(71) }), given.prioritized({ run: given.runNamed(71), task: 1, band: 1 }), given.prioritized({ run: given.runNamed(71), task: 2 })])],
  ['swept', text([given.swept({ run: given.runNamed(40) })])],
  ['asked-verdicts', text([given.cancelled({ run: given.runNamed(71), asksVerdict: true }), given.paused({ run: given.runNamed(71), asksVerdict: true }), given.paused({ run: given.runNamed(70), asksVerdict: true }), given.resumed({ run: given.runNamed(70), asksVerdict: false }), given.prioritized({ run: given.runNamed(70), task: 1, asksVerdict: true })])],
  ['traced', text([given.singleRequested({}, { run: given.runNamed(80), traceparent: given.traceparent })])],
  ['rules-advanced', text([given.rulesAdvanced({ rules: 1 }), given.rulesAdvanced({ rules: 3 })])],
]; // prettier-ignore

function writeMissing(): void {
  mkdirSync(folder, { recursive: true });
  frames.forEach(([name, items], offset) => {
    const path = join(folder, `${String(offset + 1).padStart(2, '0')}-${name}.frame`);
    if (!existsSync(path))
      writeFileSync(path, encodeFrame('golden', offset + 1, given.epochStart + offset * 1_000, items));
  });
}

function foldGolden() {
  const state = new PartitionState();
  const sink = new given.RecordingSink();
  const kinds = new Set<EventType | 'unreadable'>();
  const files = readdirSync(folder).filter((file) => !file.endsWith('.json')).sort(); // prettier-ignore
  const told = files.map((file, offset) => {
    const value = readFileSync(join(folder, file));
    const frame = decodeFrame(value, state.rules);
    for (const { type } of frame.items) kinds.add(type);
    foldFrame(state, frame, offset, given.epochStart + offset * 1_000, sink);
    return { file, bytes: value.length, crc32: crcText(crc32(value)), frame, facts: sink.take() };
  });
  const expected = { frames: told, state: given.describeState(state), digest: given.digestOf(state) };
  return { kinds, expected: JSON.parse(JSON.stringify(expected)) as typeof expected };
}

it('the golden log of rules 1 decodes and folds to what it always did', () => {
  if (process.env['GOLDEN_EXPECTED'] === 'rewrite') {
    writeMissing();
    writeFileSync(expectedPath, `${JSON.stringify(foldGolden().expected, null, 2)}\n`);
  }
  expect(foldGolden().expected).toEqual(JSON.parse(readFileSync(expectedPath, 'utf8')));
});

it('the golden log of rules 1 holds every kind of event, and what is none', () => {
  const every: Record<EventType | 'unreadable', true> = {
    PartitionBorn: true, PartitionClaimed: true, RulesAdvanced: true, WorkflowPinned: true, RunRequested: true, CancelRequested: true, PriorityRequested: true, WorkersSeen: true,
    TasksDispatched: true, TaskStarted: true, TaskFinished: true, TaskReturned: true, TasksRecalled: true, WorkerLost: true,
    RunSwept: true,
    TimersFired: true, AttemptsOverran: true, StartsSeen: true, GapAccepted: true, PauseRequested: true, ResumeRequested: true, CheckpointSaved: true, unreadable: true,
  }; // prettier-ignore
  expect([...foldGolden().kinds].sort()).toEqual(Object.keys(every).sort());
});

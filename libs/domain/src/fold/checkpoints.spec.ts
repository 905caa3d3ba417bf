import { expect, it } from 'vitest';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition, type Fact } from '../testing/index.js';

const { single } = given;
const kept = (checkpoint: number): Fact => ({ fact: 'checkpoint', run: given.run1, task: 0, checkpoint });
const running = () => givenPartition(given.singleRequested(), given.dispatched(single), given.started(single));

it('keeps the last checkpoint over attempts, until the task run ends', () => {
  const partition = running();
  partition.when(given.saved(single, 1), given.saved(single, 2)).then(kept(1), kept(2));
  partition.when(given.returned(single), given.dispatched(single, { attempt: 2 }));
  expect(partition.run().checkpoints?.get(0)).toBe(2);
  const run = partition.run();
  partition
    .when(given.finished(single, { attempt: 2 }))
    .then(transition(single, 'dispatched', 'succeeded'), ended('succeeded'));
  expect(run.checkpoints).toBeUndefined();
});

it('counts a checkpoint like a report: of the current attempt, by whoever holds its claim', () => {
  const partition = givenPartition(given.singleRequested(), given.dispatched(single));
  partition.when(given.started(single, { nonce: 'n1' }));
  partition.when(given.saved(single, 1)).then(rejection('not-claimant'));
  partition.when(given.saved(single, 1, { nonce: 'n1', attempt: 2 })).then(rejection('attempt-over'));
  partition.when(given.saved({ run: given.runNamed(9), task: 0 }, 1)).then(rejection('run-unknown'));
  partition.when(given.saved(single, 7, { nonce: 'n1' })).then(kept(7));
});

it('refuses a checkpoint over 128 Ki characters, and what takes a run over 16 Mi', () => {
  const wide = given.workflow(Object.fromEntries(Array.from({ length: 140 }, (_, index) => [`t${index}`, []])));
  const partition = givenPartition(given.workersSeen({ credits: 200 }), ...given.requested(wide));
  const save = (task: number, chars: number) =>
    given.saved({ run: given.run1, task }, 'x'.repeat(chars - 2)) satisfies object;
  for (let task = 0; task < 140; task++) partition.when(given.dispatched({ run: given.run1, task }));
  partition.when(save(0, 131_073)).then(rejection('checkpoint-too-large'));
  for (let task = 0; task < 128; task++) partition.when(save(task, 131_072));
  expect(partition.facts).toHaveLength(2);
  partition.when(save(128, 3)).then(rejection('checkpoint-too-large'));
  partition.when(save(0, 100), save(128, 3));
  expect(partition.facts.filter(({ fact }) => fact === 'checkpoint')).toHaveLength(2);
});

it('ends an attempt that was silent for its heartbeat timeout as a failed execution, on the evidence of a heartbeat', () => {
  const task = { heartbeatTimeoutMs: 1_000, retry: { failuresMax: 2 } };
  const partition = givenPartition(given.singleRequested(task), given.dispatched(single), given.started(single));
  partition.when(given.overran(single, { silentMs: 999 })).then(rejection('too-early'));
  const error = {
    name: 'HeartbeatTimeout',
    message: 'Expected its handler to call heartbeat every 1000 ms, but it was silent for 1001 ms.',
  };
  partition
    .when(given.saved(single, 5), given.overran(single, { silentMs: 1_001 }))
    .then(kept(5), transition(single, 'running', 'backing_off', { error, reason: 'timed_out' }));
  expect([partition.run().failuresOf(0), partition.run().checkpoints?.get(0)]).toEqual([1, 5]);
});

it('knows no silence of an attempt whose task has no heartbeat timeout', () => {
  running()
    .when(given.overran(single, { silentMs: 1_000_000 }))
    .then(rejection('too-early'));
});

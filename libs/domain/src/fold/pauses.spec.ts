import { expect, it } from 'vitest';
import { chooseNext } from '../index.js';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition, type Fact, type GivenPartition } from '../testing/index.js';

const since = (run = given.run1, at = given.epochStart): Fact => ({ fact: 'paused', run, since: at });
const goesOn = (run = given.run1): Fact => ({ fact: 'paused', run, since: undefined });
const run2 = given.runNamed(2);
const run3 = given.runNamed(3);

/** Runs that `chooseNext` would dispatch, in its order. */
const chosen = ({ state }: GivenPartition): string[] => chooseNext(state, 100)?.entries.map(({ run }) => run) ?? [];

it('a paused run is passed over without cost, and whatever dispatches it is rejected', () => {
  const partition = givenPartition(given.singleRequested(), given.singleRequested({}, { run: run2 }));
  partition.when(given.paused()).then(since());
  expect([chosen(partition), partition.state.ready.waiting]).toEqual([[run2], 1]);
  partition.when(given.dispatched(given.single)).then(rejection('paused'));
});

it('what was queued before and during the pause waits in its old order when the run goes on', () => {
  const partition = givenPartition(given.singleRequested({}, { run: run2 }), given.singleRequested());
  partition.when(given.paused(), given.paused({ run: run2 }), given.singleRequested({}, { run: run3 }));
  partition.when(given.resumed()).then(goesOn());
  expect(chosen(partition)).toEqual([given.run1, run3]);
  partition.when(given.resumed({ run: run2 }));
  expect([chosen(partition), partition.state.ready.waiting]).toEqual([[run2, given.run1, run3], 3]);
});

it('what is in flight goes on, and what follows from its end waits', () => {
  const flow = given.workflow({ a: [], b: ['a'] });
  const [a, b] = [given.taskOf(flow, 'a'), given.taskOf(flow, 'b')];
  const partition = givenPartition(...given.requested(flow), given.dispatched(a), given.paused());
  partition.when(given.finished(a)).then(transition(a, 'dispatched', 'succeeded'), transition(b, 'pending', 'queued'));
  expect([chosen(partition), partition.state.ready.waiting]).toEqual([[], 0]);
  partition
    .when(given.resumed(), given.dispatched(b), given.finished(b))
    .then(
      goesOn(),
      transition(b, 'queued', 'dispatched'),
      transition(b, 'dispatched', 'succeeded'),
      ended('succeeded'),
    );
});

it('what comes back from a worker or a back-off waits too', () => {
  const partition = givenPartition(given.singleRequested(), given.dispatched(given.single), given.paused());
  partition.when(given.returned(given.single));
  expect(chosen(partition)).toEqual([]);
  partition.when(given.resumed(), given.dispatched(given.single, { attempt: 2 }), given.paused());
  partition
    .when(given.failed(given.single, { attempt: 2 }))
    .after(60_000)
    .when(given.timersFired());
  expect([partition.statusOf(given.single), chosen(partition)]).toEqual(['queued', []]);
  partition.when(given.resumed());
  expect(chosen(partition)).toEqual([given.run1]);
});

it('deadlines go on counting: schedule-to-start fires in a paused run', () => {
  const partition = givenPartition(given.singleRequested({ scheduleToStartMs: 500 }), given.paused());
  partition
    .after(500)
    .when(given.timersFired())
    .then(transition(given.single, 'queued', 'timed_out', { reason: 'schedule-to-start' }), goesOn(), ended('failed'));
  expect([...partition.state.ready.paused.all()]).toEqual([]);
});

it('a paused run can be cancelled, and is forgotten as paused', () => {
  const partition = givenPartition(given.singleRequested(), given.paused());
  partition
    .when(given.cancelled())
    .then(
      transition(given.single, 'queued', 'cancelled'),
      goesOn(),
      ended('cancelled', { reason: 'cancel-requested' }),
    );
  expect([partition.state.ready.waiting, [...partition.state.ready.paused.entries()]]).toEqual([0, []]);
});

it('pausing twice, going on without a pause, and a run that is unknown or has ended are harmless', () => {
  const partition = givenPartition(given.singleRequested());
  partition.when(given.resumed()).then(rejection('not-paused'));
  partition.when(given.paused(), given.paused({ command: 'again' })).then(since(), rejection('already-paused'));
  partition.when(given.resumed(), given.resumed()).then(goesOn(), rejection('not-paused'));
  partition
    .when(given.paused({ run: run2 }), given.resumed({ run: run2 }))
    .then(rejection('run-unknown'), rejection('run-unknown'));
  partition.when(given.cancelled());
  partition.when(given.paused(), given.resumed()).then(rejection('run-unknown'), rejection('run-unknown'));
});

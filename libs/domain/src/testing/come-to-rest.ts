import { chooseNext, foldFrame, touchedMax, type Event, type FoldSink, type PartitionState } from '../index.js';
import * as given from './event-builders.js';

const stepsMax = 5_000;

/**
 * From here on everything goes well: paused runs go on, one worker with credit for all serves everything, each attempt
 * succeeds, the owner sweeps, and time passes to the next timer where nothing else moves. Throws where a decision is
 * rejected, and where a run does not end.
 */
export function comeToRest(state: PartitionState, sink: FoldSink): void {
  let seq = 0;
  let now = state.time;
  const put = (...events: readonly Event[]): void => {
    for (const item of events) {
      foldFrame(state, { by: 'rest', seq: (seq += 1), now, items: [item] }, state.position, now, sink);
    }
  };
  put(given.claimed({ epoch: state.epoch + 1 }));
  const { epoch } = state;
  for (const [run] of [...state.ready.paused.all()]) put(given.resumed({ run: run.id }));
  const queues = { default: [0], etl: [1] };
  put({ ...given.workersSeen({ worker: 'rest', credits: 1_000_000, queues }), epoch });
  for (let step = 0; state.runs.size > 0; step++) {
    if (step === stepsMax) throw new Error(`Expected every run to end, but ${[...state.runs.keys()].join()} did not.`);
    now += 1;
    const before = state.accepted + state.rejected;
    decide(state, put);
    for (const { id, status, inFlight } of state.runs.values()) {
      if (status !== 'running') continue;
      for (const { task, number: attempt, worker, claim } of [...inFlight.values()]) {
        const nonce = claim === undefined ? {} : { nonce: claim };
        put(given.finished({ run: id, task }, { attempt, worker, ...nonce }));
      }
    }
    const next = state.timers.nextAt();
    if (state.accepted + state.rejected > before || next === undefined) continue;
    now = Math.max(now, next);
    put(given.timersFired({ epoch, until: now }));
  }
}

/** As an owner does: the next slice of a sweep, and what goes next. */
function decide(state: PartitionState, put: (...events: readonly Event[]) => void): void {
  const { epoch, rejected } = state;
  const [swept] = state.sweeping;
  if (swept !== undefined) {
    const from = swept.sweep!.done;
    put(given.swept({ epoch, run: swept.id, from, to: from + touchedMax }));
  }
  const choice = chooseNext(state, 5_000);
  if (choice !== undefined) put(choice);
  if (state.rejected > rejected) throw new Error('Expected the decisions of an owner to be accepted, but one was not.');
}

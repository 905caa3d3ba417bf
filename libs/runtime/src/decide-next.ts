import { chooseNext, touchedMax, type Event, type PartitionState } from '@millrace/domain';

/** What an owner decides besides its housekeeping: the next slice of a sweep, and what is dispatched next. */
export function decideNext(state: PartitionState, entriesMax: number): Event[] {
  const events: Event[] = [];
  const [run] = state.sweeping;
  if (run !== undefined) {
    const from = run.sweep!.done;
    events.push({ type: 'RunSwept', epoch: state.epoch, run: run.id, from, to: from + touchedMax });
  }
  const next = chooseNext(state, entriesMax);
  return next === undefined ? events : [...events, next];
}

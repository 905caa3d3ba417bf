import type { Instant } from '../ids.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { FoldSink, Rejection } from './fold-sink.js';

/** What applying an event works on. */
export interface Folding {
  readonly state: PartitionState;
  readonly sink: FoldSink;
  /** Partition time at this event. */
  readonly at: Instant;
  /** Where the event stands: offset of its frame, place among its items. */
  readonly offset: number;
  readonly index: number;
}

/** How one kind of event is judged and applied. `judge` changes nothing; `apply` is only called after it found no reason. */
export interface EventFold<E> {
  judge(state: PartitionState, event: E): Rejection | undefined;
  apply(folding: Folding, event: E): void;
}

/** A plural event: first judged as a whole, then each entry by the state that its neighbours before it left. */
export interface PluralFold<E, X> {
  entries(event: E): readonly X[];
  judge(state: PartitionState, event: E): Rejection | undefined;
  judgeEntry(state: PartitionState, event: E, entry: X): Rejection | undefined;
  applyEntry(folding: Folding, event: E, entry: X): void;
}

/** Whatever only an owner writes counts only in its epoch. */
export function judgeEpoch(state: PartitionState, event: { readonly epoch: number }): Rejection | undefined {
  return event.epoch === state.epoch ? undefined : 'epoch-over';
}

import type { PartitionState } from './partition-state.js';

/** Offsets of the log from `from` to below `to`. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Goes on behind a gap that was accepted; the caller has found its acceptance in the log. */
export function passGap(state: PartitionState, { from, to }: Gap): void {
  if (state.position !== from) throw new RangeError(`Expected to stand at ${from}, but stand at ${state.position}.`);
  state.gaps = [...state.gaps, { from, to }];
  state.position = to;
}

export function hasPassed({ gaps }: PartitionState, { from, to }: Gap): boolean {
  return gaps.some((gap) => gap.from === from && gap.to === to);
}

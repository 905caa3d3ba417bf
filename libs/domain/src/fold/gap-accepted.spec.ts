import { describe, expect, it } from 'vitest';
import { foldFrame, passGap, PartitionState } from '../index.js';
import { born, epochStart, gapAccepted, RecordingSink } from '../testing/index.js';

function folded(state: PartitionState, offset: number, item: ReturnType<typeof gapAccepted | typeof born>) {
  const sink = new RecordingSink();
  const frame = { by: 'operator', seq: offset + 1, now: epochStart, items: [item] };
  foldFrame(state, frame, offset, epochStart, sink);
  return sink.facts;
}
function bornState(): PartitionState {
  const state = new PartitionState();
  folded(state, 0, born());
  return state;
}

describe('GapAccepted', () => {
  it('is accepted by whoever has passed over that gap', () => {
    const state = bornState();
    passGap(state, { from: 1, to: 5 });
    expect(state.position).toBe(5);
    folded(state, 5, gapAccepted({ from: 1, to: 5 }));
    expect([state.accepted, state.rejected, state.position]).toEqual([2, 0, 6]);
    expect(state.gaps).toEqual([{ from: 1, to: 5 }]);
  });

  it('is rejected where there was no such gap', () => {
    const state = bornState();
    expect(JSON.stringify(folded(state, 1, gapAccepted({ from: 1, to: 5 })))).toContain('gap-unknown');
    expect(state.rejected).toBe(1);
  });

  it('lets nobody pass over a gap where he does not stand', () => {
    expect(() => passGap(bornState(), { from: 3, to: 5 })).toThrow('Expected to stand at 3, but stand at 1.');
  });
});

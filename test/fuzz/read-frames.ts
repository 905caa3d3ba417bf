import { foldFrame, PartitionState, type FoldSink, type Frame, type Item } from '@millrace/domain';
import { epochStart } from '@millrace/domain/testing';
import { decodeFrame, encodeFrame, encodeItem } from '@millrace/protocol';
import { goldenFrames } from './corpora.ts';
import type { Draws } from './draws.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { isTellable, promise, type Target } from './target.ts';

/** Mutants of each golden frame before it is folded itself, so that those of all kinds meet a state that they fit. */
const mutantsEach = 8;
/** One of so many readable frames is written again and read once more. */
const rewrittenEach = 16;

/** The log: frames are decoded and folded, between the golden ones. */
export const frames: Target = {
  name: 'frames',
  share: 700,
  make(draws) {
    const chunks: Uint8Array[] = [];
    goldenFrames.forEach(({ bytes }, at) => {
      for (let count = 0; count < mutantsEach; count++) chunks.push(mutant(draws, at, chunks.length));
      chunks.push(bytes);
    });
    return { chunks, inputs: chunks.length - goldenFrames.length };
  },
  read(chunks) {
    const state = new PartitionState();
    const sink = new CountingSink();
    chunks.forEach((bytes, offset) => {
      const frame = decodeFrame(bytes, state.rules);
      for (const item of frame.items) checkItem(item);
      promise(frame.items.length > 0, 'Expected a frame to have items, but it has none.');
      const before = state.accepted + state.rejected + state.quarantined;
      foldFrame(state, frame, offset, epochStart + offset * 1_000, sink);
      const judged = state.accepted + state.rejected + state.quarantined - before;
      promise(judged === entriesOf(frame), `Expected ${entriesOf(frame)} entries to be judged, but ${judged} were.`);
      promise(
        sink.told === state.accepted + state.rejected + state.quarantined,
        'Expected each judgement to be told once.',
      );
      promise(state.position === offset + 1, `Expected the position behind ${offset}, but it is ${state.position}.`);
      if (offset % rewrittenEach === 0 && frame.seq > 0) checkRewritten(frame, state.rules);
    });
  },
};

/** Under a writer of its own, for most: else the golden frame behind it would be a duplicate. */
function mutant(draws: Draws, at: number, seq: number): Uint8Array {
  const { bytes, document } = draws.once(8) ? draws.pick(goldenFrames) : goldenFrames[at]!;
  const other = draws.pick(goldenFrames);
  const by = `fuzz-${seq % 3}`;
  if (document === undefined || draws.once(3)) {
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace(/"by":"golden","seq":\d+/, `"by":"${by}","seq":${seq + 1}`);
    return mutateBytes(draws, Buffer.from(text, 'latin1'), other.bytes);
  }
  const own = draws.once(50) ? document : { ...document, by, seq: seq + 1 };
  return Buffer.from(mutateJson(draws, own, other.document ?? null));
}

/** Counted by what the log says, not by what the fold says. */
function entriesOf({ items }: Frame): number {
  return items.reduce((sum, item) => {
    return sum + ('entries' in item ? item.entries.length : 'workers' in item ? item.workers.length : 1);
  }, 0);
}

function checkItem(item: Item): void {
  if (item.type !== 'unreadable') return;
  promise(/^[a-z0-9-]{1,40}$/.test(item.cause), `Expected a cause in kebab-case, but found ${item.cause}.`);
  promise(
    isTellable(item.detail, 400),
    `Expected a detail that every store can hold, but found ${JSON.stringify(item.detail)}.`,
  );
}

function checkRewritten(frame: Frame, rules: number): void {
  const events = frame.items.filter((item) => item.type !== 'unreadable');
  if (events.length === 0) return;
  const text = encodeFrame(frame.by, frame.seq, frame.now, events.map(encodeItem));
  const again = decodeFrame(Buffer.from(text), rules);
  const isSame = JSON.stringify(again.items) === JSON.stringify(events);
  promise(isSame, 'Expected what was read to be read again as it is written, but it is not.');
}

/** Counts what the fold tells, and hears nothing else. */
class CountingSink implements FoldSink {
  told = 0;
  accepted(): void {
    this.told += 1;
  }
  rejected(): void {
    this.told += 1;
  }
  quarantined(_index: number, cause: string, detail: string): void {
    this.told += 1;
    promise(cause !== '' && detail !== '', 'Expected cause and detail of what is quarantined.');
  }
  runBorn(): void {}
  tasksBorn(): void {}
  taskMoved(): void {}
  bandChanged(): void {}
  runEnded(): void {}
  runPaused(): void {}
  checkpointSaved(): void {}
  workflowPinned(): void {}
}

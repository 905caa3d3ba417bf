import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldFrame, PartitionState, silent } from '@millrace/domain';
import { digestOf, epochStart, RandomLog } from '@millrace/domain/testing';
import { decodeFrame, encodeFrame, encodeItem } from '@millrace/protocol';

/**
 * Folds the golden log of a folder and a log of random moves, and prints the digests with what Node says of its surroundings. Bundled
 * by test/golden.spec.ts, so that any Node can run it.
 */
const [folder = ''] = process.argv.slice(2);

function foldAll(values: readonly Uint8Array[]): string {
  const state = new PartitionState();
  values.forEach((value, offset) => {
    foldFrame(state, decodeFrame(value, state.rules), offset, epochStart + offset * 1_000, silent);
  });
  return digestOf(state);
}

function randomValues(): Uint8Array[] {
  const log = new RandomLog();
  let draw = 1;
  const next = (below: number): number => (draw = (draw * 48_271) % 2_147_483_647) % below;
  for (let count = 0; count < 500; count++) log.play({ move: next(23), a: next(1e6), b: next(1e6), c: next(1e6) });
  return log.records.map(({ frame: { by, seq, now, items } }) => {
    const texts = items.map((item) => (item.type === 'unreadable' ? 'null' : encodeItem(item)));
    return new TextEncoder().encode(encodeFrame(by, seq, now, texts));
  });
}

const files = readdirSync(folder).filter((file) => file.endsWith('.frame'));
const golden = files.sort().map((file) => readFileSync(join(folder, file)));
const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
console.log(
  JSON.stringify({
    node: process.version,
    icu: process.versions.icu,
    timeZone,
    locale,
    hour: new Date(epochStart).getHours(),
    golden: foldAll(golden),
    random: foldAll(randomValues()),
  }),
);

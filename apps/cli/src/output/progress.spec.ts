import { expect, it } from 'vitest';
import { Progress, progressLine } from './progress.js';

it('says how much is done, and how long the rest takes once that can be said', () => {
  expect(progressLine('Reads', 'records', 500, 2_000, 1_000)).toBe(
    'Reads  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌   25 %  500 of 2,000 records',
  );
  expect(progressLine('Sends', 'bytes', 1_048_576, 4_194_304, 3_000)).toMatch(
    / 25 % {2}1\.0 MiB of 4\.0 MiB, 9\.0 s left$/,
  );
  expect(progressLine('Sends', 'bytes', 0, 0, 0)).toContain('100 %');
});

it('draws on a terminal only, and takes its line away', () => {
  for (const isTTY of [true, false]) {
    const pieces: string[] = [];
    const stream = { isTTY, columns: 20, write: (text: string) => pieces.push(text) } as unknown as NodeJS.WriteStream;
    const progress = new Progress('Reads', 'records', stream);
    progress.at(1, 2);
    progress.at(2, 2);
    progress.end();
    progress.end();
    expect(pieces.map((piece) => piece.replaceAll('\u001b[K', ''))).toEqual(
      isTTY ? ['\rReads  ━━━━━━━━━━━━', '\r'] : [],
    );
  }
});

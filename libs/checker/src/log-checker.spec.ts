import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { foldFrame, PartitionState } from '@millrace/domain';
import { epochStart, RandomLog } from '@millrace/domain/testing';
import { decodeFrame } from '@millrace/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FactSink } from './fact-sink.js';
import { folded, violationsIn } from './testing/history-of.js';

const folder = fileURLToPath(new URL('../../protocol/golden/v1/', import.meta.url));
const draw = fc.record({ move: fc.nat(19), a: fc.nat(100_000), b: fc.nat(100_000), c: fc.nat(100_000) });

it('finds nothing wrong in the golden log', () => {
  const state = new PartitionState();
  const sink = new FactSink();
  const files = readdirSync(folder).filter((file) => file.endsWith('.frame')).sort(); // prettier-ignore
  const records = files.map((file, offset) => {
    const value = readFileSync(`${folder}/${file}`);
    const at = epochStart + offset * 1_000;
    foldFrame(state, decodeFrame(value, state.rules), offset, at, sink);
    return { partition: 0, offset, at, value, crc: crc32(value), facts: sink.take() };
  });
  expect(violationsIn(records)).toEqual([]);
});

it('finds nothing wrong in random logs', () => {
  fc.assert(
    fc.property(fc.array(draw, { maxLength: 150 }), (draws) => {
      const log = new RandomLog();
      for (const each of draws) log.play(each);
      expect(violationsIn(folded(log.records))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

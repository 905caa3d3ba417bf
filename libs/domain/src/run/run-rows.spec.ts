import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { givenPartition, runNamed, singleRequested } from '../testing/index.js';
import { chunkRows, RunRows } from './run-rows.js';
import type { Run } from './run.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

type Row = readonly [run: Run, first: number, second: number, third: number];

const { state } = givenPartition(...[1, 2, 3].map((number) => singleRequested({}, { run: runNamed(number) })));
const runs = [...state.runs.values()];
const row: fc.Arbitrary<Row> = fc.tuple(fc.constantFrom(...runs), fc.maxSafeInteger(), fc.nat(), fc.nat());

function contents(rows: RunRows): Row[] {
  return Array.from({ length: rows.length }, (_, index): Row => {
    return [rows.runOf(index), rows.numberOf(index, 0), rows.numberOf(index, 1), rows.numberOf(index, 2)];
  });
}

it('holds what an array of rows would, however it grows and shrinks', () => {
  const step = fc.record({ move: fc.nat(7), row, one: fc.nat(1_000), other: fc.nat(1_000) });
  const before = fc.array(row, { maxLength: 300 });
  fc.assert(
    fc.property(before, fc.array(step, { maxLength: 30 }), (first, steps) => {
      const rows = new RunRows();
      const array = [...first];
      for (const each of first) rows.push(...each);
      for (const { move, row: each, one, other } of steps) {
        const held = one % Math.max(1, array.length);
        if (move <= 2 || array.length === 0) expect(rows.push(...each)).toBe(array.push(each) - 1);
        else if (move === 3) {
          rows.set(held, ...each);
          array[held] = each;
        } else if (move === 4) {
          rows.copy(other % array.length, held);
          array[held] = array[other % array.length]!;
        } else if (move === 5) {
          for (let more = 0; more < other; more++) array[rows.push(...each)] = each;
        } else if (move === 6 && array.length >= chunkRows) {
          rows.removeFirstChunk();
          array.splice(0, chunkRows);
        } else {
          rows.removeLast();
          array.pop();
        }
      }
      expect(contents(rows)).toEqual(array);
    }),
  );
});

import { crc32 } from 'node:zlib';
import { silent } from '@millrace/domain';
import { born, cancelled, singleRequested } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { LineageFault } from './births.js';
import { GapFault, PartitionFold } from './partition-fold.js';
import type { LogRecord } from './ports.js';
import { frameRecord } from './testing/dispatch-given-owner.js';

const at = 1_700_000_000_000;
let fold: PartitionFold;

function record(offset: number, seq: number, ...items: Parameters<typeof frameRecord>[3][number][]): LogRecord {
  const value = frameRecord('writer', seq, at, items).value;
  return { offset, at, value, crc: crc32(value), leaderEpoch: 0 };
}
const birth = record(0, 1, born());
const request = record(1, 2, singleRequested());
const take = (read: LogRecord) => fold.take(read, silent);

beforeEach(() => {
  fold = new PartitionFold(0);
  take(birth);
});

describe('PartitionFold', () => {
  it('folds records in the order of their offsets', () => {
    expect(take(request)).toBe('folded');
    expect(fold.position).toBe(2);
    expect(fold.state.runs.size).toBe(1);
  });

  it('asks once more for an offset that is missing, then halts', () => {
    expect(take(record(2, 3, cancelled()))).toBe('fetch-again');
    expect(fold.position).toBe(1);
    expect(() => take(record(2, 3, cancelled()))).toThrow(GapFault);
    expect(() => take(record(2, 3, cancelled()))).toThrow('Expected offset 1 of log partition 0, but found 2');
  });

  it('goes on when the missing offset comes at the second fetch', () => {
    take(record(2, 3, cancelled()));
    expect(take(request)).toBe('folded');
    expect(take(record(2, 3, cancelled()))).toBe('folded');
  });

  it('drops what is delivered twice', () => {
    take(request);
    expect(take(birth)).toBe('dropped');
    expect(take(request)).toBe('dropped');
    expect(fold.state.accepted).toBe(2);
  });

  it('halts when an offset that it folded has other bytes now', () => {
    take(request);
    expect(() => take(record(1, 2, cancelled()))).toThrow(LineageFault);
  });

  it('reads the records before it again and compares them when the leader epoch changes', () => {
    take(request);
    const next = { ...record(2, 3, cancelled()), leaderEpoch: 1 };
    expect(take(next)).toBe('fetch-again');
    expect(fold.position).toBe(0);
    expect([birth, request].map(take)).toEqual(['dropped', 'dropped']);
    expect(take(next)).toBe('folded');
    expect(take({ ...record(3, 4, cancelled()), leaderEpoch: 1 })).toBe('folded');
  });

  it('halts when the new leader has other bytes, before it folds anything of it', () => {
    take(request);
    take({ ...record(2, 3, cancelled()), leaderEpoch: 1 });
    take(birth);
    expect(() => take({ ...record(1, 2, cancelled()), leaderEpoch: 1 })).toThrow(LineageFault);
    expect(fold.state.position).toBe(2);
  });

  it('fetches a damaged value once more, and folds it when it is whole then', () => {
    expect(take({ ...request, crc: 1 })).toBe('fetch-again');
    expect(take(request)).toBe('folded');
    expect(fold.state.quarantined).toBe(0);
  });

  it('quarantines a value that is damaged at the second fetch too, and goes on', () => {
    take({ ...request, crc: 1 });
    expect(take({ ...request, crc: 1 })).toBe('folded');
    expect(fold.state).toMatchObject({ quarantined: 1, position: 2 });
    expect(take(record(2, 3, singleRequested()))).toBe('folded');
    expect(fold.state.runs.size).toBe(1);
  });

  it('quarantines a record without checksum as one item', () => {
    take({ ...request, crc: undefined });
    take({ ...request, crc: undefined });
    expect(fold.state).toMatchObject({ quarantined: 1, position: 2, accepted: 1 });
  });

  it('quarantines a record without value at once', () => {
    expect(take({ offset: 1, at, value: undefined, crc: undefined, leaderEpoch: 0 })).toBe('folded');
    expect(fold.state.quarantined).toBe(1);
  });

  it('rejects a frame that was sent twice', () => {
    take(request);
    take({ ...request, offset: 2 });
    expect(fold.state).toMatchObject({ accepted: 2, rejected: 1 });
  });

  it('folds its own frame from the acknowledgement exactly as from the log', () => {
    fold.takeOwn({ value: request.value!, crc: request.crc!, at }, silent);
    expect(fold.position).toBe(2);
    expect(take(request)).toBe('dropped');
    expect(() => take(record(1, 2, cancelled()))).toThrow(LineageFault);
  });

  it('compares from the last record that it has read when its own frame is the first of a new leader', () => {
    take(request);
    for (let offset = 2; offset < 20; offset++) {
      const own = record(offset, offset + 1, cancelled());
      fold.takeOwn({ value: own.value!, crc: own.crc!, at }, silent);
    }
    expect(take({ ...record(19, 20, cancelled()), leaderEpoch: 1 })).toBe('fetch-again');
    expect(take(birth)).toBe('dropped');
    expect(() => take({ ...record(1, 9, cancelled()), leaderEpoch: 1 })).toThrow(LineageFault);
  });

  it('reads again where its own frame is acknowledged at an offset that it folded with other bytes', () => {
    take(request);
    fold.recheck(1, request.crc!);
    expect(fold.position).toBe(2);
    fold.recheck(1, 1);
    expect(fold.position).toBe(1);
    expect(() => take({ ...record(1, 9, cancelled()), leaderEpoch: 1 })).toThrow(LineageFault);
  });

  it('halts under rules that it does not know', () => {
    fold = new PartitionFold(0);
    expect(() => take(record(0, 1, born({ rules: 2 })))).toThrow(/rules up to 1, but partition 0 is under rules 2/);
  });

  it('halts at the birth of another partition', () => {
    fold = new PartitionFold(1);
    expect(() => take(birth)).toThrow('found that of 0');
  });

  it('halts where the first record is no birth', () => {
    fold = new PartitionFold(0);
    expect(() => take(record(0, 1, cancelled()))).toThrow('found something else');
  });

  it('gives what it folded to whoever listens', () => {
    const heard: number[] = [];
    fold.take(request, silent, ({ seq }) => heard.push(seq));
    fold.take(request, silent, ({ seq }) => heard.push(seq));
    expect(heard).toEqual([2]);
  });
});

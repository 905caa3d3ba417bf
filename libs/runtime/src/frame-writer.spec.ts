import type { Event, Frame } from '@millrace/domain';
import { cancelled, runNamed } from '@millrace/domain/testing';
import { limits } from '@millrace/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { FrameWriter, WriterBacklogged, WriterStopped, type FrameWriterOptions } from './frame-writer.js';
import { LogWriter } from './log-writer.js';
import { LogUnavailable, RecordTooLarge } from './ports.js';
import { framesOf } from './testing/fold-whole-log.js';
import { InMemoryLog, ManualClock, quietJournal } from './testing/index.js';

const command = (number: number, reason?: string): Event =>
  cancelled({ run: runNamed(number), command: `c${number}`, ...(reason !== undefined && { reason }) });
const commandsOf = (frames: readonly Frame[]): string[] =>
  frames.flatMap(({ items }) => items.map((item) => (item.type === 'CancelRequested' ? item.command : item.type)));
const tenMinutesMs = 600_000;

let clock: ManualClock;
let log: InMemoryLog;

beforeEach(() => {
  clock = new ManualClock();
  log = new InMemoryLog(clock, { log: 2 });
});

function writerOf(options: Partial<FrameWriterOptions> = {}): FrameWriter {
  return new FrameWriter({
    writer: log,
    topic: 'log',
    partition: 0,
    by: 'writer',
    clock,
    journal: quietJournal(),
    ...options,
  });
}
const written = () => framesOf(log, 'log', 0);
const settled = () => clock.run(1);

describe('FrameWriter', () => {
  it('sends at once when nothing is under way, and gathers what comes meanwhile into one frame', async () => {
    const writer = writerOf();
    const release = log.holdAnswers();
    void writer.append([command(1)]);
    await settled();
    expect(commandsOf(written())).toEqual(['c1']);
    for (const number of [2, 3, 4]) void writer.append([command(number)]);
    await settled();
    expect(written()).toHaveLength(1);
    release();
    await settled();
    expect(written().map(({ items }) => items.length)).toEqual([1, 3]);
    expect(commandsOf(written())).toEqual(['c1', 'c2', 'c3', 'c4']);
  });

  it('puts appends of one turn of the event loop into one frame', async () => {
    const writer = writerOf();
    const acks = await Promise.all([writer.append([command(1)]), writer.append([command(2)])]);
    expect(acks.map(({ offset }) => offset)).toEqual([0, 0]);
    expect(written()).toHaveLength(1);
  });

  it('counts frames from 1', async () => {
    const writer = writerOf();
    for (const number of [1, 2, 3]) await writer.append([command(number)]);
    expect(written().map(({ by, seq }) => [by, seq])).toEqual([
      ['writer', 1],
      ['writer', 2],
      ['writer', 3],
    ]);
  });

  it('closes a frame at 512 items', async () => {
    await writerOf().append(Array.from({ length: 1_100 }, (_, index) => command(index)));
    expect(written().map(({ items }) => items.length)).toEqual([512, 512, 76]);
    expect(commandsOf(written())).toEqual(Array.from({ length: 1_100 }, (_, index) => `c${index}`));
  });

  it('closes a frame before it exceeds 256 KiB', async () => {
    await writerOf().append(Array.from({ length: 10 }, (_, index) => command(index, 'x'.repeat(60 * 1024))));
    for (const { value } of log.partition('log', 0).records) {
      expect(value!.byteLength).toBeLessThanOrEqual(limits.frameBytesMax);
    }
    expect(written().map(({ items }) => items.length)).toEqual([4, 4, 2]);
  });

  it('gives a large item a frame of its own', async () => {
    const writer = writerOf();
    await Promise.all([
      writer.append([command(1)]),
      writer.append([command(2, 'x'.repeat(600 * 1024))]),
      writer.append([command(3)]),
    ]);
    expect(written().map(({ items }) => items.length)).toEqual([1, 1, 1]);
    expect(log.partition('log', 0).records.map(({ value }) => value!.byteLength > limits.frameBytesMax)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('refuses an item that no record can hold, and writes its neighbours', async () => {
    const writer = writerOf();
    const tooLarge = writer.append([command(1, 'x'.repeat(641 * 1024))]);
    const neighbour = writer.append([command(2)]);
    await expect(tooLarge).rejects.toThrow(RecordTooLarge);
    await neighbour;
    expect(commandsOf(written())).toEqual(['c2']);
  });

  it('writes nothing more of an append whose first frame was refused', async () => {
    const writer = writerOf();
    const append = writer.append([command(1), command(2, 'x'.repeat(641 * 1024)), command(3)]);
    await expect(append).rejects.toThrow(RecordTooLarge);
    await writer.append([command(4)]);
    expect(commandsOf(written())).toEqual(['c1', 'c4']);
  });

  it('tries again with identical bytes, so that what landed unacknowledged is a duplicate by its seq', async () => {
    const writer = writerOf();
    log.nextAppends(['unacknowledged', 'lost', 'unacknowledged']);
    const append = writer.append([command(1)]);
    await clock.run(1_000);
    const ack = await append;
    const texts = log.texts('log', 0);
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
    expect(ack.offset).toBe(2);
    await writer.append([command(2)]);
    expect(written().map(({ seq }) => seq)).toEqual([1, 1, 1, 2]);
  });

  it('keeps the order of items while frames have to be tried again', async () => {
    const writer = writerOf();
    log.nextAppends(['lost', 'unacknowledged', 'lost']);
    for (let number = 0; number < 20; number++) {
      void writer.append([command(number)]);
      await settled();
    }
    await clock.run(2_000);
    const firsts = commandsOf(written()).filter((each, index, all) => all.indexOf(each) === index);
    expect(firsts).toEqual(Array.from({ length: 20 }, (_, index) => `c${index}`));
  });

  it('refuses after ten minutes what cannot wait, and sends the rest again under a new incarnation', async () => {
    const writer = writerOf();
    log.stop();
    const request = writer.append([command(1)], 'reject');
    const report = writer.append([command(2)], 'resend');
    const refused = expect(request).rejects.toThrow(LogUnavailable);
    await clock.run(tenMinutesMs + 3_000, 500);
    await refused;
    log.restart();
    await clock.run(3_000, 500);
    await report;
    expect(written().map(({ by, seq }) => [by, seq])).toEqual([['writer~2', 1]]);
    expect(commandsOf(written())).toEqual(['c2']);
    expect(writer.by).toBe('writer~2');
  });

  it('refuses the whole of an append that began in a frame that was given up', async () => {
    const writer = writerOf();
    log.stop();
    const items = Array.from({ length: 600 }, (_, index) => command(index));
    const refused = expect(writer.append(items, 'reject')).rejects.toThrow(LogUnavailable);
    await clock.run(tenMinutesMs + 3_000, 500);
    await refused;
    log.restart();
    await clock.run(3_000, 500);
    expect(written()).toEqual([]);
  });

  it('refuses appends beyond its backlog and takes them again later', async () => {
    const writer = writerOf({ pendingItemsMax: 3 });
    const release = log.holdAnswers();
    void writer.append([command(1)]);
    await settled();
    void writer.append([command(2), command(3)]);
    await expect(writer.append([command(4), command(5)])).rejects.toThrow(WriterBacklogged);
    expect(writer.pendingItems).toBe(2);
    release();
    await settled();
    await writer.append([command(6)]);
    expect(commandsOf(written())).toEqual(['c1', 'c2', 'c3', 'c6']);
  });

  it('refuses an append of nothing', async () => {
    await expect(writerOf().append([])).rejects.toThrow(RangeError);
  });

  it('writes what is pending before it is stopped, and takes nothing afterwards', async () => {
    const writer = writerOf();
    const append = writer.append([command(1)]);
    await writer.stop();
    await append;
    await writer.stop();
    await expect(writer.append([command(2)])).rejects.toThrow(WriterStopped);
    expect(commandsOf(written())).toEqual(['c1']);
  });

  it('gives up waiting at its stop when the log stays away, and sends nothing any more', async () => {
    const writer = writerOf();
    log.stop();
    const append = writer.append([command(1)]);
    const refused = expect(append).rejects.toThrow(WriterStopped);
    const stopped = writer.stop(5_000);
    await clock.run(5_000, 100);
    await stopped;
    await clock.run(3_000, 100);
    await refused;
    log.restart();
    await clock.run(10_000, 100);
    expect(written()).toEqual([]);
    expect(clock.timersPending).toBe(0);
  });
});

describe('LogWriter', () => {
  it('writes to each partition by a writer of its own, so that one that waits holds up no other', async () => {
    const writer = new LogWriter({ writer: log, topic: 'log', by: 'writer', clock, journal: quietJournal() });
    log.nextAppends(['lost']);
    const first = writer.append(0, [command(1)]);
    await settled();
    await writer.append(1, [command(2)]);
    expect(framesOf(log, 'log', 0)).toEqual([]);
    await clock.run(100);
    await first;
    expect(framesOf(log, 'log', 1).map(({ by, seq }) => [by, seq])).toEqual([['writer', 1]]);
    await writer.stop();
    await writer.stop();
    await expect(writer.append(1, [command(3)])).rejects.toThrow(WriterStopped);
  });
});

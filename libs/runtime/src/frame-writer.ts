import { crc32 } from 'node:zlib';
import type { Event } from '@millrace/domain';
import { crcHeader, crcText, encodeFrame, encodeItem, limits } from '@millrace/protocol';
import type { AppendTally } from './metrics/append-tally.js';
import { Rounds } from './rounds.js';
import { LogUnavailable, RecordTooLarge, type Appended, type Clock, type Journal, type RecordWriter } from './ports.js';

export interface FrameWriterOptions {
  readonly writer: RecordWriter;
  readonly topic: string;
  readonly partition: number;
  /** The writer incarnation; unique for ever. A writer that gives a frame up goes on as `<by>~2`, `<by>~3`, ... */
  readonly by: string;
  readonly clock: Clock;
  readonly journal: Journal;
  /** How long the same bytes are tried again, in milliseconds. Default 600,000. */
  readonly giveUpMs?: number | undefined;
  /** Items gathered at most; an append beyond is refused with `WriterBacklogged`. Default 200,000. */
  readonly pendingItemsMax?: number;
  /** Counts what is written; one may count for several writers. */
  readonly tally?: AppendTally | undefined;
}

/** More items wait than the writer may hold: the log takes them more slowly than they come, or not at all. */
export class WriterBacklogged extends Error {
  override readonly name = 'WriterBacklogged';
  constructor(
    readonly partition: number,
    readonly pendingItems: number,
  ) {
    super(`Expected the log to keep up, but ${pendingItems} items wait for partition ${partition}.`);
  }
}
export class WriterStopped extends Error {
  override readonly name = 'WriterStopped';
}

/** What was acknowledged: where the frame lies, its bytes, and the place of the append's last item in it. */
export interface FrameAck extends Appended {
  readonly value: Uint8Array;
  readonly crc: number;
}

/** What happens to an append whose frame was given up: sent again in the next frame, or refused. */
export type WhenGivenUp = 'resend' | 'reject';

interface Append {
  /** Refused: what is left of it is not written any more. */
  isOver: boolean;
  readonly whenGivenUp: WhenGivenUp;
  readonly resolve: (ack: FrameAck) => void;
  readonly reject: (error: Error) => void;
}
interface PendingItem {
  readonly text: string;
  readonly append: Append;
  readonly last: boolean;
}

const backoffMs = [20, 50, 100, 200, 500, 1_000, 2_000];
const giveUpMsDefault = 600_000;
const pendingItemsMaxDefault = 200_000;
/** Room for the frame's own members. */
const envelopeBytes = 400;

/**
 * Writes one writer's frames to one partition of the log: one frame in flight, everything else gathers meanwhile, and a
 * frame is sent at once when none is under way. A failed send is tried again with identical bytes, so what landed all the
 * same is a duplicate that the fold rejects by its seq. Items keep their order. An append resolves when the frame with its
 * last item is acknowledged.
 */
export class FrameWriter {
  readonly #options: FrameWriterOptions;
  /** Busy while frames are on their way. */
  readonly rounds: Rounds;
  #by: string;
  #incarnations = 1;
  #seq = 0;
  #pending: PendingItem[] = [];
  #sending = false;
  #scheduled = false;
  #stopped = false;
  /** The time that its stop had is over. */
  #abandoned = false;
  #idle: (() => void)[] = [];

  constructor(options: FrameWriterOptions) {
    this.#options = options;
    this.#by = options.by;
    this.rounds = new Rounds(`frames of partition ${options.partition}`, options.clock);
  }

  /** The incarnation that the next frame is written by. */
  get by(): string {
    return this.#by;
  }

  get pendingItems(): number {
    return this.#pending.length;
  }

  /** Rejects with `WriterBacklogged`, `WriterStopped`, `RecordTooLarge`, and with `LogUnavailable` where `whenGivenUp` says so. */
  append(items: readonly Event[], whenGivenUp: WhenGivenUp = 'resend'): Promise<FrameAck> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(stopped());
      const max = this.#options.pendingItemsMax ?? pendingItemsMaxDefault;
      if (this.#pending.length + items.length > max) {
        return reject(new WriterBacklogged(this.#options.partition, this.#pending.length));
      }
      if (items.length === 0) return reject(new RangeError('Expected at least one item to append, but there is none.'));
      const append: Append = { isOver: false, whenGivenUp, resolve, reject };
      const last = items.length - 1;
      for (let index = 0; index <= last; index++) {
        this.#pending.push({ text: encodeItem(items[index]!), append, last: index === last });
      }
      this.#schedule();
    });
  }

  /**
   * No append is taken any more; resolves when what is pending is acknowledged or `withinMs` have passed. What is left then
   * rejects with `WriterStopped`; a send that is under way may still land.
   */
  async stop(withinMs = 5_000): Promise<void> {
    this.#stopped = true;
    if (!this.#sending && this.#pending.length === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(withinMs, () => {
        this.#abandoned = true;
        this.#refuse(this.#pending, stopped());
        resolve();
      });
      this.#idle.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #schedule(): void {
    if (this.#sending || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#sending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    this.rounds.begin();
    while (this.#pending.length > 0) await this.#sendOne(this.#takeFrame());
    this.#sending = false;
    this.rounds.rest();
    for (const idle of this.#idle.splice(0)) idle();
  }

  #takeFrame(): PendingItem[] {
    let bytes = envelopeBytes;
    let count = 0;
    while (count < this.#pending.length && count < limits.frameItemsMax) {
      bytes += Buffer.byteLength(this.#pending[count]!.text) + 1;
      if (count > 0 && bytes > limits.frameBytesMax) break;
      count += 1;
    }
    if (count === this.#pending.length) {
      const all = this.#pending;
      this.#pending = [];
      return all;
    }
    return this.#pending.splice(0, count);
  }

  async #sendOne(frame: PendingItem[]): Promise<void> {
    const { clock, journal, partition, tally, giveUpMs = giveUpMsDefault } = this.#options;
    this.#seq += 1;
    const texts = frame.map((item) => item.text);
    const value = Buffer.from(encodeFrame(this.#by, this.#seq, clock.now(), texts));
    const crc = crc32(value);
    const since = clock.uptimeMs();
    if (value.length > limits.itemBytesMax + envelopeBytes) {
      return this.#refuse(frame, new RecordTooLarge(`Expected an item of at most ${limits.itemBytesMax} bytes.`));
    }
    for (let tries = 0; ; tries++) {
      try {
        const ack = await this.#send(value, crc);
        this.rounds.ended();
        tally?.acknowledged(frame.length, value.length, clock.uptimeMs() - since);
        for (const item of frame) if (item.last) item.append.resolve({ ...ack, value, crc });
        return;
      } catch (error) {
        this.rounds.ended(error);
        if (tally !== undefined) tally.failures += 1;
        if (error instanceof RecordTooLarge) return this.#refuse(frame, error);
        if (this.#abandoned) return this.#refuse(frame, stopped());
        if (clock.uptimeMs() - since >= giveUpMs) return this.#giveUp(frame, error);
        if (tries % 10 === 0) journal.warn({ partition, tries, error }, 'The log did not take a frame; trying again.');
        await this.#pause(backoffMs[Math.min(tries, backoffMs.length - 1)]!);
      }
    }
  }

  #send(value: Uint8Array, crc: number): Promise<Appended> {
    const { writer, topic, partition } = this.#options;
    return writer.append(topic, partition, [{ value, headers: { [crcHeader]: crcText(crc) } }]);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(delayMs, resolve));
  }

  /** An append is refused as a whole, also where a later frame would hold its last item. */
  #refuse(items: readonly PendingItem[], error: Error): void {
    for (const { append } of items) {
      append.isOver = true;
      append.reject(error);
    }
    if (items.length > 0) this.#pending = this.#pending.filter(({ append }) => !append.isOver);
  }

  /** What was given up may still land, so the seq is over: a new incarnation begins. */
  #giveUp(frame: readonly PendingItem[], cause: unknown): void {
    this.#incarnations += 1;
    if (this.#options.tally !== undefined) this.#options.tally.givenUp += 1;
    this.#by = `${this.#options.by}~${this.#incarnations}`;
    this.#seq = 0;
    this.#pending.unshift(...frame.filter((item) => item.append.whenGivenUp === 'resend'));
    const error = new LogUnavailable('Expected the log to acknowledge a frame, but it did not in time.', { cause });
    this.#refuse(
      frame.filter((item) => item.append.whenGivenUp === 'reject'),
      error,
    );
  }
}

function stopped(): WriterStopped {
  return new WriterStopped('Expected a running writer, but it was stopped.');
}

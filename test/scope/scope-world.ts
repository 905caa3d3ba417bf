import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as given from '@millrace/domain/testing';
import type { Event } from '@millrace/domain';
import { crcHeader, crcText, encodeFrame, encodeItem } from '@millrace/protocol';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { Oracles } from '../sim/oracles/oracles.ts';
import { Brokers, topics } from '../sim/world/brokers.ts';
import { Chance } from '@millrace/runtime/in-memory';
import { Scheduler } from '../sim/world/scheduler.ts';
import { SimProcess } from '../sim/world/sim-process.ts';
import { Story } from '../sim/world/story.ts';
import { DispatcherSeat } from './dispatcher-seat.ts';
import { InFlightWriter, type InFlight } from './in-flight.ts';
import { settled } from './settled.ts';
import { WorkerSeat } from './worker-seat.ts';

/**
 * What the two tasks are to each other, the second of which claims first: two runs, two runs of which the first has to start
 * within 20 s, or one run with an edge.
 */
export const works = ['pair', 'dated', 'chain'] as const;
export type Work = (typeof works)[number];
/**
 * Where interleavings begin: nobody has read anything; d1 owns the partition and its first dispatch is on its way; or a handler
 * runs.
 */
export const begins = ['cold', 'owned', 'running'] as const;
export type Begin = (typeof begins)[number];

const dispatcherNames = ['d1', 'd2'] as const;
/** Its claim, and the workers that it sees. */
const framesToOwn = 2;
const startMs = 20_000;
const chunkMs = 500;
const beatMs = 2_000;

/**
 * One partition, two dispatchers, a worker, two tasks: the real owner and the real worker on a log in memory. Nothing happens
 * by itself: a move says what comes next. Time stands still unless a move lets it pass.
 */
export class ScopeWorld {
  readonly scheduler = new Scheduler(new Chance(1), new Story());
  readonly oracles = new Oracles(this.scheduler);
  readonly brokers = new Brokers(this.scheduler, (log) => this.#landed(log));
  readonly dispatchers = new Map<string, DispatcherSeat>();
  inFlight: InFlight[] = [];
  worker!: WorkerSeat;
  /** Faults so far. */
  faults = 0;
  readonly #work: Work;
  readonly #dispatchers: number;
  /** What each process was given, in its order; a process is a function of it. */
  readonly #given = new Map<string, string>();
  /** Of those that just read on: what they were given before. */
  readonly #passive = new Map<string, { phase: string; base: string; after: string }>();
  /** What each partition of each topic holds. */
  readonly #held = new Map<string, string>();
  readonly #committed = new Map<string, number>();
  readonly #incarnations = new Map<string, number>();

  constructor(work: Work, dispatchers: number = dispatcherNames.length) {
    this.#work = work;
    this.#dispatchers = dispatchers;
  }

  /** The partition is born, the run requested, the worker has joined and was heard; from there on as far as `from` says. */
  async begin(from: Begin): Promise<this> {
    this.#append([given.born({ partitions: 2 })], 1);
    const work = { handler: 'work', startToCloseMs: 60_000 };
    const careful = { ...work, handler: 'careful' };
    if (this.#work === 'chain')
      this.#append(given.requested(given.workflow({ a: [], b: ['a'] }, { a: work, b: careful })), 2);
    else {
      const first = this.#work === 'dated' ? { ...work, scheduleToStartMs: startMs } : work;
      const runs = [first, careful].map((task, index) =>
        given.singleRequested(task, { run: given.runNamed(index + 1) }),
      );
      this.#append(runs, 2);
    }
    await this.startWorker();
    for (const name of dispatcherNames.slice(0, this.#dispatchers)) this.startDispatcher(name);
    if (from === 'cold') return this;
    await this.#own();
    if (from === 'running') while (this.worker.running.size === 0) await this.#goOn();
    return this;
  }

  /** d1 reads all, its claim lands, what it says of the worker lands. */
  async #own(): Promise<void> {
    const { d1 } = Object.fromEntries(this.dispatchers) as { d1: DispatcherSeat };
    d1.read(d1.unread);
    await this.settle();
    for (let frames = 0; frames < framesToOwn; frames++) await this.#goOn();
  }

  /** What is longest on its way lands and is acknowledged. */
  async #goOn(): Promise<void> {
    const [append] = this.inFlight;
    this.land(append!);
    this.forget(append!);
    append!.resolve(append!.landed!);
    await this.settle();
  }

  startDispatcher(name: string): void {
    const process = this.#process(name);
    this.dispatchers.set(name, new DispatcherSeat(process, this.brokers, this.#writer(process)));
  }

  /** A worker begins, and is a member of its group. */
  async startWorker(): Promise<void> {
    const process = this.#process('w');
    const { brokers, oracles } = this;
    this.worker = new WorkerSeat(process, {
      ...{
        brokers,
        writer: this.#writer(process),
        attempts: oracles.attempts,
        deliveries: oracles.deliveries,
        committed: this.#committed,
      },
    });
    await this.settle();
  }

  /** Everything that a move has set off runs. */
  async settle(): Promise<void> {
    await settled();
    if (this.worker.join()) await settled();
    this.worker.commit();
  }

  /** Time goes by for everybody: timers fire, hearts beat, owners look about. Of what is on its way nothing lands. */
  async pass(forMs: number): Promise<void> {
    const until = this.scheduler.nowMs + forMs;
    while (this.scheduler.nowMs < until) {
      let isOver = false;
      this.scheduler.after(
        Math.min(chunkMs, until - this.scheduler.nowMs),
        undefined,
        'time',
        () => void (isOver = true),
      );
      while (!isOver && this.scheduler.step()) await this.settle();
      this.worker.sessionHeard();
      if (Math.floor(this.scheduler.nowMs / beatMs) > Math.floor((this.scheduler.nowMs - chunkMs) / beatMs))
        this.#beat();
      for (const { owner } of this.dispatchers.values()) owner.decide();
      await this.settle();
    }
    for (const name of this.#given.keys()) this.give(name, `time ${this.scheduler.nowMs}`);
  }

  /** Notes that a process was given something that it may act on. */
  give(name: string, what: string): void {
    this.#given.set(name, hash('sha1', `${this.#given.get(name) ?? ''}|${what}`, 'base64'));
  }

  /** It folded on without a part to play: where it stands is what it was given, in however many fetches. */
  readOn(name: string, phase: string, position: number): void {
    const before = this.#passive.get(name);
    const given = this.#given.get(name)!;
    const base = before?.after === given && before.phase === phase ? before.base : given;
    this.#given.set(name, base);
    this.give(name, `${phase} to ${position}`);
    this.#passive.set(name, { phase, base, after: this.#given.get(name)! });
  }

  /** What follows from here follows from this alone. */
  get digest(): string {
    const flying = this.inFlight
      .map(({ name, topic, partition, landed, hasFailed, records, process }) =>
        [
          name,
          topic,
          partition,
          landed?.offset,
          hasFailed,
          process.isAlive,
          ...records.map(({ value }) => crc32(value)),
        ].join(),
      )
      .sort();
    const parts = [this.faults, this.scheduler.nowMs, ...flying, ...sorted(this.#given), ...sorted(this.#held)];
    return hash('sha1', parts.join('|'), 'base64');
  }

  /** It lands; where its process waits for it, nobody has told it yet. */
  land(append: InFlight): void {
    append.landed = this.brokers.append(append.topic, append.partition, append.records);
    if (append.hasFailed || !append.process.isAlive || append.topic === topics.control) this.forget(append);
  }

  /** Its memory is gone; what it has sent may still land, and nobody will tell it. */
  crash(process: SimProcess): void {
    process.crash();
    this.inFlight = this.inFlight.filter(({ process: { isAlive }, landed }) => isAlive || landed === undefined);
  }

  forget(append: InFlight): void {
    this.inFlight = this.inFlight.filter((each) => each !== append);
  }

  #beat(): void {
    const { nowMs } = this.scheduler;
    for (const { owner, process } of this.dispatchers.values()) {
      owner.sweep();
      const beat = { v: 1, kind: 'dispatcher', id: process.name, at: nowMs, partitions: [] };
      this.brokers.append(topics.workers, 0, [{ value: Buffer.from(JSON.stringify(beat)) }]);
    }
  }

  #process(seat: string): SimProcess {
    const number = (this.#incarnations.get(seat) ?? 0) + 1;
    this.#incarnations.set(seat, number);
    const process = new SimProcess(this.scheduler, number === 1 ? seat : `${seat}~${number}`, 0);
    this.#given.set(seat, `${number}`);
    return process;
  }

  /** Heartbeats land and are answered at once; everything else waits. */
  #writer(process: SimProcess): InFlightWriter {
    return new InFlightWriter(process, (append) => {
      const { topic, partition, records, resolve } = append;
      if (topic === topics.workers) resolve(this.brokers.append(topic, partition, records));
      else this.inFlight.push(append);
    });
  }

  #landed(log: InMemoryPartition): void {
    this.oracles.landed(log);
    const { offset, at, value } = log.records.at(-1)!;
    const name = `${log.topic}/${log.partition}`;
    const before = this.#held.get(name) ?? '';
    this.#held.set(
      name,
      hash('sha1', `${before}|${offset}|${at}|${value === undefined ? '' : hash('sha1', value)}`, 'base64'),
    );
    if (log.topic === topics.workers) {
      for (const [seat, dispatcher] of this.dispatchers) {
        dispatcher.hear(log.records.at(-1)!);
        this.give(seat, `${name} ${offset}`);
      }
    } else if (log.topic !== topics.log) {
      this.give('w', `${name} ${offset}`);
      if (log.topic !== topics.control) this.worker.feed(log, offset);
    }
  }

  #append(events: readonly Event[], seq: number): void {
    const value = Buffer.from(encodeFrame('ingest', seq, this.scheduler.nowMs, events.map(encodeItem)));
    this.brokers.append(topics.log, 0, [{ value, headers: { [crcHeader]: crcText(crc32(value)) } }]);
  }
}

const sorted = (map: ReadonlyMap<string, string>): string[] => [...map].map((pair) => pair.join(' ')).sort();

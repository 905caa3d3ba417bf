import type { Event } from '@millrace/domain';
import {
  cancelled,
  paused,
  pinned,
  resumed,
  singleRequested,
  workflow,
  workflowRequested,
} from '@millrace/domain/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DispatchLoop } from './dispatch-loop.js';
import { ProjectionLoop } from './projection-loop.js';
import { chanceOf, FaultyWriter } from './testing/dispatch-faulty-writer.js';
import { topics } from './testing/dispatch-given-owner.js';
import { DispatchSystem, succeeded } from './testing/dispatch-system.js';
import { StallingReader } from './testing/dispatch-stalling-reader.js';
import type { DispatchTestWorker, Perform } from './testing/dispatch-test-worker.js';
import { FaultyStore } from './testing/fold-faulty-store.js';
import { comparable, rowsOf } from './testing/fold-whole-log.js';
import { InMemoryGroup, InMemoryOwnershipHint, InMemoryProjectionStore, quietJournal } from './testing/index.js';

const partitions = 2;
const boom = { name: 'Error', message: 'boom' };
const definitions = [
  workflow({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }, { b: { band: 5 }, c: { claimFirst: true } }),
  workflow({ a: [], b: ['a'], c: ['b'] }, { a: { retry: { failuresMax: 50, delayMs: 200 } } }),
];

/** The whole engine in memory; what happens to it follows from the seed alone. */
class FaultyRun {
  readonly system = new DispatchSystem(partitions);
  readonly store = new InMemoryProjectionStore();
  readonly chance: () => number;
  faults = true;
  #dispatchers: { loop: DispatchLoop; hint: InMemoryOwnershipHint; writer: FaultyWriter }[] = [];
  #workers: { worker: DispatchTestWorker; writer: FaultyWriter; holds: readonly number[] }[] = [];
  #projectors: ProjectionLoop[] = [];
  #paused: { readonly partition: number; readonly run: string }[] = [];

  constructor(seed: number) {
    this.chance = chanceOf(seed);
  }

  async begin(): Promise<void> {
    await this.system.begun();
    const { log, clock } = this.system;
    const stallMs = () => (this.faults && this.chance() < 0.03 ? this.#below(3_000) : 0);
    this.system.reader = () => new StallingReader(log.reader(), clock, stallMs);
    await this.#startDispatcher();
    await this.#startDispatcher();
    for (const holds of [[0, 1], [2], [3]]) this.#startWorker(holds);
    await this.#startProjector();
    for (const partition of [0, 1]) this.system.request(partition, ...definitions.map((each) => pinned(each)));
  }

  /** About 200 task runs over 20 s, with something going wrong every 300 ms. */
  async disturb(): Promise<void> {
    for (let round = 0; round < 66; round++) {
      this.#request();
      await this.#goWrong();
      await this.system.pass(300);
    }
  }

  /** Nothing goes wrong any more; true when every run has ended and the projection is at the end. */
  async calm(deadlineMs: number): Promise<boolean> {
    this.faults = false;
    this.#resume(this.#paused.length);
    for (const { hint } of this.#dispatchers) hint.assign(allPartitions);
    for (let passedMs = 0; passedMs < deadlineMs; passedMs += 2_000) {
      this.#replaceLost();
      await this.system.pass(2_000, 50);
      if (this.system.open === 0 && (await this.#isProjected())) return true;
    }
    return false;
  }

  async end(): Promise<void> {
    const stops = [...this.#dispatchers.map(({ loop }) => loop.stop()), ...this.#projectors.map((loop) => loop.stop())];
    for (const { worker } of this.#workers) worker.die();
    await this.system.pass(1_000, 50);
    await Promise.all(stops);
  }

  #request(): void {
    const partition = this.#below(partitions);
    const run = this.system.runId(partition);
    const events: Event[] = [];
    if (this.chance() < 0.2)
      events.push(singleRequested({ scheduleToCloseMs: 9_000 }, { run, delayMs: this.#below(6_000) }));
    else if (this.chance() < 0.6) events.push(singleRequested({ claimFirst: this.chance() < 0.2 }, { run }));
    else events.push(workflowRequested(definitions[this.#below(definitions.length)]!, { run }));
    this.system.request(partition, ...events);
    if (this.chance() < 0.1) this.system.request(partition, cancelled({ run, command: run }));
    if (this.chance() < 0.15) {
      this.system.request(partition, paused({ run, command: `pause-${run}` }));
      this.#paused.push({ partition, run });
    }
    if (this.chance() < 0.3) this.#resume(1);
    if (this.chance() < 0.8) this.system.request(partition, singleRequested({}, { run: this.system.runId(partition) }));
  }

  /** The runs that have been paused longest go on; a few of them have ended or were never paused. */
  #resume(count: number): void {
    for (const { partition, run } of this.#paused.splice(0, count)) {
      this.system.request(partition, resumed({ run, command: `resume-${run}` }));
    }
  }

  async #goWrong(): Promise<void> {
    const what = this.chance();
    this.#replaceLost();
    if (what < 0.06) {
      const [gone] = this.#dispatchers.splice(this.#below(this.#dispatchers.length), 1);
      gone!.writer.kill();
      void gone!.loop.stop();
      await this.#startDispatcher();
    } else if (what < 0.12) {
      const [gone] = this.#projectors.splice(0, 1);
      void gone!.stop();
      await this.#startProjector();
    } else if (what < 0.18) this.#replaceWorker(this.#below(this.#workers.length));
    else if (what < 0.3) for (const { hint } of this.#dispatchers) hint.assign(this.#somePartitions());
    else if (what < 0.34) {
      this.system.log.stop();
      await this.system.pass(this.#below(4_000));
      this.system.log.restart();
    }
  }

  #replaceLost(): void {
    this.#workers.forEach(({ worker }, index) => {
      if (worker.told.some(({ kind }) => kind === 'lost')) this.#replaceWorker(index);
    });
  }

  #replaceWorker(index: number): void {
    const [gone] = this.#workers.splice(index, 1);
    gone!.writer.kill();
    gone!.worker.die();
    this.#startWorker(gone!.holds);
  }

  #startWorker(holds: readonly number[]): void {
    const writer = this.#writer();
    const worker = this.system.worker(this.#perform, { writer, holds, credits: 20 });
    this.#workers.push({ worker, writer, holds });
  }

  async #startDispatcher(): Promise<void> {
    const writer = this.#writer();
    this.system.writer = writer;
    const started = await this.system.dispatcher(this.faults ? this.#somePartitions() : allPartitions);
    this.system.writer = this.system.log;
    this.#dispatchers.push({ ...started, writer });
  }

  async #startProjector(): Promise<void> {
    const store = new FaultyStore(this.store);
    store.fateOf = () => {
      const draw = this.faults ? this.chance() : 1;
      return draw < 0.05 ? 'lost' : draw < 0.1 ? 'unknown' : 'committed';
    };
    const { log, clock } = this.system;
    const hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
    const journal = quietJournal();
    const loop = new ProjectionLoop({ topics, reader: log.reader(), store, ownership: hint, clock, journal });
    await loop.start();
    hint.assign(allPartitions);
    this.#projectors.push(loop);
  }

  readonly #perform: Perform = () => {
    const draw = this.chance();
    const afterMs = this.#below(draw < 0.1 ? 6_000 : 200);
    if (!this.faults) return { afterMs, outcome: succeeded };
    if (draw > 0.97) return 'forget';
    if (draw > 0.9) return 'return';
    if (draw > 0.8) return { afterMs, outcome: { kind: 'failed', error: boom, retryable: true, chance: 500_000 } };
    return { afterMs, outcome: { kind: 'succeeded', result: afterMs } };
  };

  #writer(): FaultyWriter {
    return new FaultyWriter(this.system.log, () => {
      const draw = this.faults ? this.chance() : 1;
      return draw < 0.04 ? 'lost' : draw < 0.1 ? 'unacknowledged' : 'acknowledged';
    });
  }

  async #isProjected(): Promise<boolean> {
    const positions = await Promise.all(allPartitions.map((partition) => this.store.position(partition)));
    return positions.every(({ to }, partition) => to >= this.system.log.partition(topics.log, partition).end - 1);
  }

  #somePartitions(): number[] {
    return allPartitions.filter(() => this.chance() < 0.7);
  }

  #below(max: number): number {
    return Math.floor(this.chance() * max);
  }
}

const allPartitions = [0, 1];

describe('The engine in memory', () => {
  it('ends every run, doubles nothing and projects what it folded, whatever fails and dies meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const run = new FaultyRun(seed);
        await run.begin();
        await run.disturb();
        expect(await run.calm(300_000), `${run.system.open} runs are open`).toBe(true);
        await run.end();
        expect(run.system.violations()).toEqual([]);
        const store = new InMemoryProjectionStore();
        const { loop, clock } = await projectAll(run, store);
        await stop(loop, clock);
        const whole = comparable(await rowsOf(run.system.log, topics.log, partitions));
        expect(comparable(store.rows())).toEqual(whole);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  }, 60_000);
});

/** The projection that went through everything, brought to the end of the log by one more projector. */
async function projectAll({ system, store }: FaultyRun, fresh: InMemoryProjectionStore) {
  const { log, clock } = system;
  for (const each of [store, fresh]) {
    const hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
    const loop = new ProjectionLoop({
      ...{ topics, reader: log.reader(), store: each, ownership: hint, clock, journal: quietJournal() },
    });
    await loop.start();
    hint.assign(allPartitions);
    await clock.run(2_000, 50);
    if (each === fresh) return { loop, clock };
    await stop(loop, clock);
    expect(comparable(store.rows())).toEqual(comparable(await rowsOf(log, topics.log, partitions)));
  }
  throw new Error('unreachable');
}

async function stop(loop: ProjectionLoop, clock: { run(forMs: number, stepMs?: number): Promise<void> }) {
  const stopped = loop.stop();
  await clock.run(1_000, 50);
  await stopped;
}

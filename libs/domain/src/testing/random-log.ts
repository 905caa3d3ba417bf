import {
  bandsHighestFirst,
  chooseNext,
  foldFrame,
  PartitionState,
  silent,
  type Band,
  type Event,
  type FoldSink,
  type Frame,
  type Instant,
  type Item,
  type Run,
  type TaskIndex,
} from '../index.js';
import * as given from './event-builders.js';
import { flows, wide } from './random-flows.js';

/** One draw of chance: which move, and numbers that the move uses as it likes. */
export interface Draw {
  readonly move: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** A record of a random log. */
export interface RandomRecord {
  readonly frame: Frame;
  readonly at: Instant;
}

const nonces = [undefined, 'n1', 'n2'];

/**
 * Makes a log of draws: each draw becomes an event that fits the state, or nonsense of the same kind, or an old frame once
 * more. The same draws give the same log.
 */
export class RandomLog {
  readonly records: RandomRecord[] = [];
  readonly state = new PartitionState();
  #now = given.epochStart;
  #seq = 0;
  #runs = 0;

  readonly #flows: typeof flows;

  /** @param size `wide`: now and then a run of more than 10,000 task runs is requested. */
  constructor(
    readonly sink: FoldSink = silent,
    size: 'narrow' | 'wide' = 'narrow',
  ) {
    this.#flows = size === 'wide' ? [...flows, wide] : flows;
    const pins = this.#flows.map((flow) => given.pinned(flow));
    for (const event of [given.born(), given.claimed(), ...pins, this.#seen()]) {
      this.append([event]);
    }
  }

  /** Folds one frame and keeps it. */
  append(items: readonly Item[]): void {
    this.#fold({ frame: { by: `writer-${this.#seq % 3}`, seq: ++this.#seq, now: this.#now, items }, at: this.#now });
  }

  play({ move, a, b, c }: Draw): void {
    this.#now += a % 400;
    if (c % 61 === 0) this.#now += b % 97 === 0 ? 25 * 60 * 60 * 1_000 : 6_000;
    if (move === 0)
      return this.#fold({ frame: this.records[a % this.records.length]!.frame, at: this.#now - (b % 2_000) });
    if (move === 1)
      return this.append([
        { type: 'unreadable', cause: 'test', detail: '' },
        this.#event(b % 16, a, c, b),
        this.#event(a % 24, c, a, b),
      ]);
    this.append([this.#event(move, a, b, c)]);
  }

  #fold(record: RandomRecord): void {
    this.records.push(record);
    foldFrame(this.state, record.frame, this.state.position, record.at, this.sink);
  }

  #event(move: number, a: number, b: number, c: number): Event {
    const { epoch } = this.state;
    const ref = this.#someTask(a, b);
    const worker = `worker-${1 + (b % 3)}`;
    const attempt = (this.state.runs.get(ref.run)?.attemptNumberOf(ref.task) ?? 0) + (c % 8 === 0 ? 1 : 0);
    const nonce = c % 5 === 0 ? nonces[b % 3] : this.state.runs.get(ref.run)?.inFlight.get(ref.task)?.claim;
    const by = { attempt: Math.max(1, attempt), worker, ...(nonce !== undefined && { nonce }) };
    const claim = nonce === undefined ? {} : { claim: nonce };
    switch (move) {
      case 2:
        return given.claimed({ epoch: epoch + (a % 2), knows: b % 3, nonce: `owner-${c % 2}` });
      case 3:
        if (c % 31 === 0) {
          const from = 1_000_000 + (a % 9);
          return given.gapAccepted({ from, to: from + 1 + (b % 9) });
        }
        if (c % 31 === 1) return given.rulesAdvanced({ rules: this.state.rules + 2 * (a % 2) });
        if (c % 6 === 0) return given.paused({ run: ref.run });
        if (c % 6 === 4) return given.saved(ref, { at: a }, by);
        return c % 6 < 4 ? given.resumed({ run: this.#pausedOr(ref.run) }) : given.born();
      case 4:
        return { ...this.#seen(c), epoch: b % 9 === 0 ? epoch + 1 : epoch };
      case 5:
      case 6:
        return this.#request(a, b);
      case 7:
        if (c % 3 > 0) return given.prioritized({ ...ref, band: this.#band(c) });
        if (a % 2 > 0) return given.prioritized({ run: ref.run, band: this.#band(c) });
        return given.cancelled({ run: ref.run });
      case 8:
        return given.workerLost({ epoch, worker, ...(a % 3 === 0 && { left: true }) });
      case 9:
        return given.recalled(ref, { epoch, attempt: by.attempt, ...claim, reason: (['unlisted', 'blocked', 'input-too-large', 'queue-gone'] as const)[c % 4]! }); // prettier-ignore
      case 10:
        if (c % 2 === 0) {
          const silent = a % 4 === 0 ? { silentMs: 500 + (b % 1_000) } : {};
          return given.overran(ref, {
            epoch,
            attempt: by.attempt,
            worker,
            ...claim,
            runningMs: 300_000,
            chance: b,
            ...silent,
          });
        }
        return given.returned(ref, by);
      case 11:
        return given.timersFired({ epoch, until: this.#now + (b % 3 === 0 ? -500 : 500) });
      case 12:
      case 13:
        if (c % 4 === 0) return given.startsSeen(ref, { epoch, attempt: by.attempt, worker, runningMs: b % 9_000 });
        return given.started(ref, by);
      case 14:
        return c % 2 === 0
          ? given.failed(ref, { ...by, retryable: (a >> 4) % 3 > 0, chance: b })
          : given.timedOut(ref, by);
      case 15:
        if (c % 5 === 0) return given.died(ref, by);
        return given.finished(ref, {
          ...by,
          outcome: {
            kind: 'succeeded',
            result: a % 11 === 0 ? 'far'.repeat(1_400) : a,
            ...(c % 3 > 0 && { taken: [2, 4, b % 9] }),
          },
        });
      case 16:
        return this.#sweep(a, b, c) ?? given.saved(ref, { at: a }, by);
      default:
        if (c % 4 > 0) return chooseNext(this.state, 1 + (b % 5)) ?? this.#request(a, b);
        return given.dispatched(ref, { epoch, attempt: by.attempt, worker });
    }
  }

  #request(a: number, b: number): Event {
    const run = given.runNamed(b % 7 === 0 ? 1 + (a % 4) : ++this.#runs);
    const keyed = a % 3 === 0 ? given.keyed(`key-${a % 11}`, b % 5 === 0 ? 'other' : 'same') : {};
    const traced = a % 13 === 0 ? { traceparent: given.traceparent } : {};
    const input = a % 7 === 0 ? { input: 'far'.repeat(b % 200) } : {};
    if (b % 3 === 2)
      return given.singleRequested(
        { band: this.#band(a), retry: { failuresMax: 1 + (a % 3) } },
        { run, ...keyed, ...input, ...traced },
      );
    const deadline = a % 4 === 0 ? { scheduleToCloseMs: 1 + (a % 3_000) } : {};
    const delay =
      a % 5 === 0 ? { delayMs: a % (b % 2 === 0 ? 900 : 9_000) } : a % 5 === 1 ? { runAt: this.#now + (a % 900) } : {};
    return given.workflowRequested(this.#flow(a, b), { run, ...deadline, ...delay, ...keyed, ...input, ...traced });
  }

  #flow(a: number, b: number) {
    if (a % 2 === 0 && this.state.runs.size < 12) return this.#flows.at(-1)!;
    return this.#flows[b % 3]!;
  }

  /** The next slice of a marked run, or a wrong one. */
  #sweep(a: number, b: number, c: number): Event | undefined {
    const runs = [...this.state.sweeping];
    const run = runs[a % (runs.length + 1)] ?? runs[0];
    if (run === undefined) return b % 5 === 0 ? given.swept() : undefined;
    const from = run.sweep!.done + (c % 7 === 0 ? 1 : 0);
    const size = b % 9 === 0 ? 10_001 : b % 3 === 0 ? 1 + (b % 500) : 10_000;
    return given.swept({ epoch: this.state.epoch, run: run.id, from, to: from + size });
  }

  #band(draw: number): Band {
    return bandsHighestFirst[(draw >> 3) % 5]!;
  }

  #seen(change = 0) {
    const credits = change % 5;
    const queues = { default: [0], etl: [1, 2] };
    return given.workersSeen(
      { credits: 5, queues },
      { worker: 'worker-2', credits },
      { worker: `worker-${3 + (change % 4)}` },
    );
  }

  #pausedOr(run: string): string {
    const [first] = this.state.ready.paused.all();
    return first === undefined ? run : first[0].id;
  }

  /** Mostly a task run that has an attempt in flight. */
  #someTask(a: number, b: number): given.TaskRef {
    const runs = [...this.state.runs.values()];
    const run: Run | undefined = runs[a % (runs.length + 1)];
    if (run === undefined) return { run: given.runNamed(a % 50), task: b % 6 };
    const flying = [...run.inFlight.keys()];
    const task: TaskIndex | undefined = flying[b % (flying.length + 1)];
    return { run: run.id, task: task ?? b % 6 };
  }
}

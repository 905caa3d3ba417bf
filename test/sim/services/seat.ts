import { SimProcess } from '../world/sim-process.ts';
import type { Scheduler } from '../world/scheduler.ts';

export type SeatKind = 'dispatcher' | 'projector' | 'worker' | 'ingest';

/** Gives what ends the process by itself; undefined for one that is only killed. */
export type StartProcess = (process: SimProcess, heart: SimProcess) => (() => Promise<void>) | undefined;

/** A place where a process runs and is started again: the heart of a worker is a second thread, frozen with it or alone awake. */
export class Seat {
  readonly name: string;
  readonly kind: SeatKind;
  readonly #scheduler: Scheduler;
  readonly #start: StartProcess;
  #stop: (() => Promise<void>) | undefined;
  /** Was told to end by itself, and has not yet. */
  #draining: SimProcess | undefined;
  #process: SimProcess | undefined;
  #heart: SimProcess | undefined;

  constructor(scheduler: Scheduler, kind: SeatKind, name: string, start: StartProcess) {
    this.#scheduler = scheduler;
    this.kind = kind;
    this.name = name;
    this.#start = start;
  }

  /** The process in it; none before its first start. */
  get process(): SimProcess | undefined {
    return this.#process;
  }

  get isAlive(): boolean {
    return this.#process?.isAlive === true;
  }

  start(skewMs: number, crashed: () => void): void {
    if (this.isAlive) return;
    const process = new SimProcess(this.#scheduler, this.name, skewMs);
    const heart = new SimProcess(this.#scheduler, `${this.name} heart`, skewMs);
    this.#process = process;
    this.#heart = heart;
    process.whenCrashed(() => {
      heart.crash();
      crashed();
    });
    this.#stop = this.#start(process, heart);
  }

  get isDraining(): boolean {
    return this.isAlive && this.#draining === this.#process;
  }

  /** SIGTERM: it hands over what it has, and ends. Also twice. */
  drain(): void {
    const [process, stop] = [this.#process, this.#stop];
    if (process?.isAlive !== true || stop === undefined) return;
    this.#draining = process;
    process.effect(0, 'SIGTERM', () => void stop().then(() => process.crash()));
  }

  crash(): void {
    this.#process?.crash();
  }

  /** `withHeart`: all threads stand still; else the first one is blocked. */
  freeze(withHeart: boolean): void {
    this.#process?.freeze();
    if (withHeart) this.#heart?.freeze();
  }

  wake(): void {
    this.#process?.wake();
    this.#heart?.wake();
  }

  slow(slowness: number): void {
    if (this.#process !== undefined) this.#process.slowness = slowness;
  }

  jump(byMs: number): void {
    if (this.#process !== undefined) this.#process.skewMs += byMs;
    if (this.#heart !== undefined) this.#heart.skewMs += byMs;
  }

  setClock(): void {
    if (this.#process !== undefined) this.#process.skewMs = 0;
    if (this.#heart !== undefined) this.#heart.skewMs = 0;
  }
}

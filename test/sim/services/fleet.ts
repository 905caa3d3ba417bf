import type { Client } from '../workload/client.ts';
import { Seat, type SeatKind } from './seat.ts';
import type { ServiceWorld } from './service-world.ts';
import { startDispatcher } from './start-dispatcher.ts';
import { startProjector } from './start-projector.ts';
import { startWorker } from './start-worker.ts';

/** A process that has died by itself is started again within this. */
const restartMsMax = 3_000;
const skewMsMax = 40_000;

/** Every process of the system, each started again after it has died. */
export class Fleet {
  readonly #world: ServiceWorld;
  readonly #seats: readonly Seat[];

  constructor(world: ServiceWorld, client: Client) {
    this.#world = world;
    const { scheduler } = world;
    const seats = (kind: SeatKind, count: number, start: ConstructorParameters<typeof Seat>[3]): Seat[] =>
      Array.from({ length: count }, (_, index) => new Seat(scheduler, kind, `${kind[0]}${index + 1}`, start));
    this.#seats = [
      ...seats('ingest', 1, (process) => void client.serveBy(process)),
      ...seats('dispatcher', 2, (process) => startDispatcher(process, world)),
      ...seats('worker', 2, (process, heart) => startWorker(process, heart, world)),
      ...seats('projector', 2, (process) => startProjector(process, world)),
    ];
  }

  start(): void {
    for (const seat of this.#seats) this.#start(seat);
  }

  any(kind?: SeatKind): Seat {
    return this.#world.scheduler.chance.pick(
      kind === undefined ? this.#seats : this.#seats.filter((seat) => seat.kind === kind),
    );
  }

  /** Those that fold the log. */
  get folding(): readonly Seat[] {
    return this.#seats.filter(({ kind }) => kind === 'dispatcher' || kind === 'projector');
  }

  crash(seat: Seat, downMs: number): void {
    seat.crash();
    this.#startLater(seat, downMs);
  }

  /** Names whoever was told to end and has not. */
  get draining(): string[] {
    return this.#seats.filter(({ isDraining }) => isDraining).map(({ name }) => name);
  }

  /** Every process lives, is awake and quick; clocks are right. */
  heal(): void {
    for (const seat of this.#seats) {
      seat.wake();
      seat.slow(1);
      seat.setClock();
      this.#start(seat);
    }
    this.#world.dispatchers.spread();
    this.#world.projectors.spread();
  }

  #start(seat: Seat): void {
    const { faults, scheduler } = this.#world;
    const skewMs = faults.strikes('clock-skew', 0.2) ? scheduler.chance.between(-skewMsMax, skewMsMax) : 0;
    seat.start(skewMs, () => this.#startLater(seat, scheduler.chance.between(20, restartMsMax)));
  }

  #startLater(seat: Seat, delayMs: number): void {
    this.#world.scheduler.after(delayMs, undefined, `starts ${seat.name}`, () => this.#start(seat));
  }
}

import type { TaskSpec } from '@millrace/domain';
import { Chance } from '@millrace/runtime/in-memory';

/** The seed itself begins other streams. */
const streamOfItsOwn = 0x51ed270b;
/** Worlds that have more than one queue. */
const rate = 0.3;
/** Of their tasks go to the other one. */
const otherRate = 0.35;
const defaultQueue = 'default';
const otherQueue = 'bulk';
const all = [defaultQueue, otherQueue];
/** What the first and the second worker serve: together everything. */
const services: readonly (readonly [first: readonly string[], second: readonly string[]])[] = [
  [all, all],
  [all, [defaultQueue]],
  [[otherQueue], all],
  [[defaultQueue], [otherQueue]],
];

/** Which queues a world has, who serves them, and what goes where. Draws by itself: it moves nothing else of the seed's world. */
export class QueuePlan {
  readonly queues: readonly string[];
  readonly #chance: Chance;
  readonly #services: (typeof services)[number];

  constructor(seed: number) {
    this.#chance = new Chance(seed ^ streamOfItsOwn);
    const isWide = this.#chance.happens(rate);
    this.queues = isWide ? all : [defaultQueue];
    this.#services = isWide ? this.#chance.pick(services) : [this.queues, this.queues];
  }

  /** Of the worker of that name, whichever process it is by now. */
  servedBy(worker: string): readonly string[] {
    return this.#services[worker === 'w2' ? 1 : 0];
  }

  /** The same task, in a queue of this world. */
  inQueue<Spec extends TaskSpec>(spec: Spec): Spec {
    const isOther = this.queues.length > 1 && this.#chance.happens(otherRate);
    return isOther ? { ...spec, queue: otherQueue } : spec;
  }
}

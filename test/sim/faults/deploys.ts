import type { Fleet } from '../services/fleet.ts';
import type { Seat } from '../services/seat.ts';
import { newerRules } from '../services/deploy.ts';
import type { ServiceWorld } from '../services/service-world.ts';
import { Operator } from '../workload/operator.ts';

/** Within this every process that folds is replaced, one by one. */
const rolledOutMsMax = 8_000;
/** After the last one the operator asks within this. */
const askedMsMax = 2_000;

/**
 * A newer version of the code is deployed process by process, and its rules come into force. Now and then the operator is too
 * early, since a process that does not know them was not heard of, or one of them is put back: these have to halt.
 */
export class Deploys {
  readonly #world: ServiceWorld;
  readonly #fleet: Fleet;
  readonly #operator: Operator;
  #isAsked = false;

  constructor(world: ServiceWorld, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#operator = new Operator(world);
  }

  begin(): void {
    const { scheduler, faults, deploy, chance } = this.#world;
    if (!faults.strikes('deploy', 0.25)) return;
    deploy.isBegun = true;
    let lastMs = 0;
    for (const seat of this.#fleet.folding) {
      const atMs = chance.below(rolledOutMsMax);
      lastMs = Math.max(lastMs, atMs);
      scheduler.after(atMs, undefined, `${seat.name} is replaced by newer code`, () => this.#replace(seat, true));
    }
    if (chance.happens(0.3)) {
      const seat = chance.pick(this.#fleet.folding);
      const atMs = lastMs + chance.below(askedMsMax);
      scheduler.after(atMs, undefined, `${seat.name} is put back`, () => this.#replace(seat, false));
    }
    const askedMs = chance.happens(0.4) ? chance.below(lastMs) : lastMs + chance.below(askedMsMax);
    scheduler.after(askedMs, undefined, 'an operator advances the rules', () => this.#ask());
  }

  /** Everybody runs the newer code, and its rules are asked for. */
  finish(): void {
    const { deploy } = this.#world;
    if (!deploy.isBegun) return;
    for (const seat of this.#fleet.folding) {
      deploy.put(seat.name, true);
      if (seat.process !== undefined && deploy.knows(seat.process) < newerRules) seat.crash();
    }
    this.#ask();
  }

  #replace(seat: Seat, isNewer: boolean): void {
    const { faults, deploy, chance } = this.#world;
    if (faults.isHealed) return;
    deploy.put(seat.name, isNewer);
    if (chance.happens(0.7)) seat.drain();
    else this.#fleet.crash(seat, chance.between(50, 2_000));
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#operator.advanceRules(newerRules);
  }
}

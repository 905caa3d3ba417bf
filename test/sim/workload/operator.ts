import { advanceRules } from '@millrace/runtime';
import type { ServiceWorld } from '../services/service-world.ts';
import { logPartitions, topics } from '../world/brokers.ts';
import { SimProcess } from '../world/sim-process.ts';
import { SimWriter } from '../world/sim-writer.ts';

/** A command that has not ended is killed, and given again. */
const patienceMs = 2_500;
const partitions = Array.from({ length: logPartitions }, (_, partition) => partition);

/** Somebody at a command line, whose commands are processes of their own. */
export class Operator {
  readonly #world: ServiceWorld;
  #commands = 0;

  constructor(world: ServiceWorld) {
    this.#world = world;
  }

  /** `millrace rules advance`, until it ends well. */
  advanceRules(rules: number): void {
    const { scheduler } = this.#world;
    const process = new SimProcess(scheduler, `operator ${++this.#commands}`, 0);
    const { clock, journal, name } = process;
    scheduler.after(patienceMs, undefined, 'an operator loses patience', () => {
      if (!process.isAlive) return;
      process.crash();
      this.advanceRules(rules);
    });
    const writer = new SimWriter(process, this.#world);
    const asked = { writer, topic: topics.log, partitions, rules, command: `${name}-rules`, clock, journal };
    advanceRules({ ...asked, giveUpMs: patienceMs }).then(
      () => process.crash(),
      () => undefined,
    );
  }
}

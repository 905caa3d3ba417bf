import type { Chance } from '@millrace/runtime/in-memory';
import { EffectQueue, type Effect } from './effect-queue.ts';
import type { SimProcess } from './sim-process.ts';
import type { Story } from './story.ts';
import { Turns } from './turns.ts';

/** When every simulated world begins. */
export const beginMs = 1_700_000_000_000;

/**
 * Makes effects happen one at a time in virtual time; which of those that are due together comes first is drawn. Between two
 * effects everything that the first set off in its process has run: promises, and what waited for the event loop to turn.
 */
export class Scheduler {
  readonly #queue = new EffectQueue();
  readonly turns = new Turns();
  nowMs = beginMs;
  steps = 0;
  readonly chance: Chance;
  readonly story: Story;

  constructor(chance: Chance, story: Story) {
    this.chance = chance;
    this.story = story;
  }

  after(delayMs: number, owner: SimProcess | undefined, label: string, run: () => void): Effect {
    const dueMs = this.nowMs + Math.max(0, Math.round(delayMs));
    const effect = { dueMs, tie: this.chance.draw(), owner, label, run, isCancelled: false };
    this.#queue.add(effect);
    return effect;
  }

  /** What a process was not awake for happens soon after it woke. */
  again(effect: Effect): void {
    if (!effect.isCancelled)
      this.#queue.add({ ...effect, dueMs: this.nowMs + this.chance.below(3), tie: this.chance.draw() });
  }

  /** Makes the next effect happen; false where there is none. */
  step(): boolean {
    for (;;) {
      const effect = this.#queue.take();
      if (effect === undefined) return false;
      const { owner } = effect;
      if (effect.isCancelled || owner?.isAlive === false) continue;
      if (owner?.isFrozen === true) {
        owner.park(effect);
        continue;
      }
      this.nowMs = Math.max(this.nowMs, effect.dueMs);
      this.steps += 1;
      this.story.tell(this.nowMs, owner?.name ?? 'server', effect.label);
      effect.isCancelled = true;
      effect.run();
      return true;
    }
  }
}

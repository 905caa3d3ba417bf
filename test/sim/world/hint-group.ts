import type { OwnershipHint } from '@millrace/runtime';
import type { SimProcess } from './sim-process.ts';

type Listener = Parameters<OwnershipHint['start']>[0];
/** A silent member's partitions are given to others after this long. */
export const hintSessionMs = 6_000;
const assignMsMax = 500;

/** A group whose assignment is a hint: it may overlap, lag behind, and name partitions of the dead. */
export class HintGroup {
  readonly #members = new Set<SimHint>();
  readonly #partitions: number;
  #generation = 0;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  member(process: SimProcess): OwnershipHint {
    return new SimHint(process, this);
  }

  join(member: SimHint): void {
    this.#members.add(member);
    this.spread();
  }

  leave(member: SimHint): void {
    if (this.#members.delete(member)) this.spread();
  }

  /** Gives every member that is not known to be gone its share. */
  spread(): void {
    for (const member of this.#members) if (!member.process.isAlive) this.#members.delete(member);
    const living = [...this.#members].filter(({ process }) => !process.isFrozen);
    this.#generation += 1;
    for (const [index, member] of living.entries()) {
      const share = this.#all.filter((partition) => partition % living.length === index);
      member.assign(this.#generation, share, member.process.scheduler.chance.below(assignMsMax));
    }
  }

  /** Tells one member that any partitions are its own. */
  overlap(): void {
    const [member] = [...this.#members].filter(({ process }) => process.isAlive);
    if (member === undefined) return;
    const { chance } = member.process.scheduler;
    const chosen = chance.pick([...this.#members]);
    chosen.assign(
      ++this.#generation,
      this.#all.filter(() => chance.happens(0.7)),
      chance.below(assignMsMax),
    );
  }

  get #all(): number[] {
    return Array.from({ length: this.#partitions }, (_, partition) => partition);
  }
}

class SimHint implements OwnershipHint {
  readonly process: SimProcess;
  readonly #group: HintGroup;
  #listener: Listener | undefined;
  #told = 0;

  constructor(process: SimProcess, group: HintGroup) {
    this.process = process;
    this.#group = group;
  }

  async start(listener: Listener): Promise<void> {
    this.#listener = listener;
    this.process.scheduler.after(this.process.latencyMs(), undefined, 'join hint group', () => this.#group.join(this));
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    await this.process.ask('leave hint group', () => this.#group.leave(this));
  }

  assign(generation: number, partitions: readonly number[], delayMs: number): void {
    this.process.effect(delayMs, `assigned ${partitions.join()}`, () => {
      if (generation < this.#told) return;
      this.#told = generation;
      this.#listener?.assigned(partitions);
    });
  }
}

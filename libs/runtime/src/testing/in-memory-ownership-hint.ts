import type { OwnershipHint } from '../ports.js';

/** Who takes part in one group; `assign` is in the test's hands, or spreads evenly as members come and go. */
export class InMemoryGroup {
  private readonly members: InMemoryOwnershipHint[] = [];

  constructor(private readonly partitions: number) {}

  /** A member that is not part of the group until it is started. */
  member(): InMemoryOwnershipHint {
    return new InMemoryOwnershipHint(this);
  }

  join(member: InMemoryOwnershipHint): void {
    if (!this.members.includes(member)) this.members.push(member);
    this.spread();
  }

  leave(member: InMemoryOwnershipHint): void {
    const index = this.members.indexOf(member);
    if (index < 0) return;
    this.members.splice(index, 1);
    this.spread();
  }

  /** Tells every member what is its share now, as a rebalance would. */
  spread(): void {
    const all = Array.from({ length: this.partitions }, (_, partition) => partition);
    for (const [index, member] of this.members.entries()) {
      member.assign(all.filter((partition) => partition % this.members.length === index));
    }
  }
}

export class InMemoryOwnershipHint implements OwnershipHint {
  private listener: { assigned(partitions: readonly number[]): void } | undefined;

  constructor(private readonly group: InMemoryGroup = new InMemoryGroup(0)) {}

  async start(listener: { assigned(partitions: readonly number[]): void }): Promise<void> {
    if (this.listener !== undefined) return;
    this.listener = listener;
    this.group.join(this);
  }

  async stop(): Promise<void> {
    this.listener = undefined;
    this.group.leave(this);
  }

  /** Hands out any assignment, also one that overlaps with another member's. */
  assign(partitions: readonly number[]): void {
    this.listener?.assigned(partitions);
  }
}

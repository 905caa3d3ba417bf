/** A group member as its leader sees it. */
export interface GroupMember {
  readonly id: string;
  /** What it held in generation `heldIn`; empty for a new member. */
  readonly held: readonly number[];
  readonly heldIn: number;
}

/**
 * Deals partitions 0 to `partitions - 1` out to members: everybody gets as many as everybody else, give or take one, and
 * keeps what it held as far as that allows. The same input gives the same result whatever the order of the members.
 * Of two members that name the same partition the one of the later generation keeps it, then the lower id.
 */
export function assignPartitions(partitions: number, members: readonly GroupMember[]): Map<string, number[]> {
  const inOrder = [...members].sort((left, right) => right.heldIn - left.heldIn || compare(left.id, right.id));
  const dealt = new Map(inOrder.map(({ id }): [string, number[]] => [id, []]));
  if (inOrder.length === 0) return dealt;
  const least = Math.floor(partitions / inOrder.length);
  let surplus = partitions % inOrder.length;
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  for (const { id, held } of inOrder) {
    const mine = dealt.get(id) ?? [];
    for (const partition of [...held].sort((left, right) => left - right)) {
      if (!free.has(partition) || mine.length > least) continue;
      if (mine.length === least && surplus-- <= 0) break;
      free.delete(partition);
      mine.push(partition);
    }
  }
  for (const partition of free) fewest(dealt).push(partition);
  for (const mine of dealt.values()) mine.sort((left, right) => left - right);
  return dealt;
}

function fewest(dealt: ReadonlyMap<string, number[]>): number[] {
  let found: number[] = [];
  let count = Number.POSITIVE_INFINITY;
  for (const mine of dealt.values()) {
    if (mine.length < count) {
      found = mine;
      count = mine.length;
    }
  }
  return found;
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

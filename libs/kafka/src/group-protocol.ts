import { AssignerProtocol } from 'kafkajs';
import { assignPartitions, type GroupMember } from './assign-partitions.js';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

/** What a member tells its leader at each join: its topics, and what it held so that it may keep it. */
export function encodeMember(topics: readonly string[], held: Assignment, heldIn: number): Buffer {
  const userData = Buffer.from(JSON.stringify({ heldIn, held: Object.fromEntries(held) }));
  return MemberMetadata.encode({ version: 1, topics: [...topics], userData });
}

export function decodeAssignment(bytes: Buffer): Assignment {
  const decoded = bytes.length === 0 ? null : MemberAssignment.decode(bytes);
  return new Map(Object.entries(decoded?.assignment ?? {}));
}

/**
 * The leader's work. `sets` are topics with equally many partitions each: within a set, a partition number of all topics
 * goes to one member. `countOf` gives partition counts.
 */
export async function assignGroup(
  members: readonly { memberId: string; memberMetadata: Buffer }[],
  sets: readonly (readonly string[])[],
  countOf: (topic: string) => Promise<number>,
): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
  const assignments = new Map(members.map(({ memberId }) => [memberId, {} as Record<string, number[]>]));
  for (const set of sets) {
    const [first] = set;
    if (first === undefined) continue;
    const counts = await Promise.all(set.map(countOf));
    const told = members.map(({ memberId, memberMetadata }) => decodeMember(memberId, memberMetadata, first));
    for (const [memberId, partitions] of assignPartitions(Math.min(...counts), told)) {
      const assignment = assignments.get(memberId);
      if (assignment !== undefined) for (const topic of set) assignment[topic] = partitions;
    }
  }
  return [...assignments].map(([memberId, assignment]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }),
  }));
}

/** Total: a member whose user data cannot be read held nothing. */
function decodeMember(id: string, metadata: Buffer, topic: string): GroupMember {
  try {
    const userData = MemberMetadata.decode(metadata)?.userData ?? Buffer.alloc(0);
    const { heldIn, held } = JSON.parse(userData.toString()) as { heldIn: number; held: Record<string, number[]> };
    return { id, heldIn, held: held[topic] ?? [] };
  } catch {
    return { id, heldIn: 0, held: [] };
  }
}

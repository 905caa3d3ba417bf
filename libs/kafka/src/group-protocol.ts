import { AssignerProtocol } from 'kafkajs';
import { assignPartitions, type GroupMember } from './assign-partitions.js';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

/** Topics with equally many partitions each: within a set, a partition number of all topics goes to one member. */
export type TopicSet = readonly string[];

/** What a member tells its leader at each join: its sets of topics, and what it held so that it may keep it. */
export function encodeMember(sets: readonly TopicSet[], held: Assignment, heldIn: number): Buffer {
  const userData = Buffer.from(JSON.stringify({ sets, heldIn, held: Object.fromEntries(held) }));
  return MemberMetadata.encode({ version: 1, topics: sets.flat(), userData });
}

export function decodeAssignment(bytes: Buffer): Assignment {
  const decoded = bytes.length === 0 ? null : MemberAssignment.decode(bytes);
  return new Map(Object.entries(decoded?.assignment ?? {}));
}

/**
 * The leader's work: deals each set of topics out to the members that asked for it. Members may ask for different sets.
 * `countOf` gives partition counts.
 */
export async function assignGroup(
  members: readonly { memberId: string; memberMetadata: Buffer }[],
  countOf: (topic: string) => Promise<number>,
): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
  const told = members.map(({ memberId, memberMetadata }) => ({ memberId, ...decodeMember(memberMetadata) }));
  const assignments = new Map(members.map(({ memberId }) => [memberId, {} as Record<string, number[]>]));
  const sets = new Map(told.flatMap(({ sets }) => sets.map((set) => [set.join(), set] as const)));
  for (const [name, set] of sets) {
    const [first] = set;
    if (first === undefined) continue;
    const counts = await Promise.all(set.map(countOf));
    const asking = told
      .filter(({ sets }) => sets.some((one) => one.join() === name))
      .map(({ memberId, heldIn, held }): GroupMember => ({ id: memberId, heldIn, held: held[first] ?? [] }));
    for (const [memberId, partitions] of assignPartitions(Math.min(...counts), asking)) {
      const assignment = assignments.get(memberId);
      if (assignment !== undefined) for (const topic of set) assignment[topic] = partitions;
    }
  }
  return [...assignments].map(([memberId, assignment]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }),
  }));
}

interface Told {
  readonly sets: readonly TopicSet[];
  readonly heldIn: number;
  readonly held: Readonly<Record<string, readonly number[]>>;
}

/** Total: a member whose user data cannot be read asks for nothing. */
function decodeMember(metadata: Buffer): Told {
  try {
    const userData = MemberMetadata.decode(metadata)?.userData ?? Buffer.alloc(0);
    const { sets, heldIn, held } = JSON.parse(userData.toString()) as Told;
    return { sets: sets.filter((set) => Array.isArray(set)), heldIn, held };
  } catch {
    return { sets: [], heldIn: 0, held: {} };
  }
}

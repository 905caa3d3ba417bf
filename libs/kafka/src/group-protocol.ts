import { AssignerProtocol } from 'kafkajs';
import { assignPartitions } from './assign-partitions.js';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

/** Topics with equally many partitions each: within a set, a partition number of all topics goes to one member. */
export type TopicSet = readonly string[];

export interface MemberFacts {
  readonly sets: readonly TopicSet[];
  /** What it held, so that it may keep it. */
  readonly held: Assignment;
  /** In which generation. */
  readonly heldIn: number;
  /** It goes on using what it held until it knows its next assignment: nobody else may have it in that generation. */
  readonly keeps: boolean;
}

/** What a member tells its leader at each join. */
export function encodeMember({ sets, held, heldIn, keeps }: MemberFacts): Buffer {
  const userData = Buffer.from(JSON.stringify({ sets, heldIn, held: Object.fromEntries(held), keeps }));
  return MemberMetadata.encode({ version: 1, topics: sets.flat(), userData });
}

export function decodeAssignment(bytes: Buffer): Assignment {
  const decoded = bytes.length === 0 ? null : MemberAssignment.decode(bytes);
  return new Map(Object.entries(decoded?.assignment ?? {}));
}

/** Does the next assignment lack a partition of the one before? */
export function isShrunk(before: Assignment, after: Assignment): boolean {
  return [...before].some(([topic, of]) => of.some((partition) => !after.get(topic)?.includes(partition)));
}

/**
 * The leader's work: deals each set of topics out to the members that asked for it. Members may ask for different sets.
 * What one member keeps and another should get is nobody's in this generation: the one that kept it sees that it has to
 * give it up and joins again. `countOf` gives partition counts.
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
      .map(({ memberId, heldIn, held, keeps }) => ({ id: memberId, heldIn, held: held[first] ?? [], keeps }));
    for (const [memberId, partitions] of assignPartitions(Math.min(...counts), asking)) {
      const kept = new Set(asking.flatMap(({ id, held, keeps }) => (keeps && id !== memberId ? held : [])));
      const free = partitions.filter((partition) => !kept.has(partition));
      const assignment = assignments.get(memberId);
      if (assignment !== undefined) for (const topic of set) assignment[topic] = free;
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
  readonly keeps: boolean;
}

/** Total: a member whose user data cannot be read asks for nothing. */
function decodeMember(metadata: Buffer): Told {
  try {
    const userData = MemberMetadata.decode(metadata)?.userData ?? Buffer.alloc(0);
    const { sets, heldIn, held, keeps } = JSON.parse(userData.toString()) as Told;
    return { sets: sets.filter((set) => Array.isArray(set)), heldIn, held, keeps };
  } catch {
    return { sets: [], heldIn: 0, held: {}, keeps: false };
  }
}

import type { Scheduler } from './scheduler.ts';

/** Partitions by queue: those of all bands. */
export type Held = Readonly<Record<string, readonly number[]>>;

export interface JoinAsked {
  /** Empty for one that is not known yet. */
  readonly memberId: string;
  /** What it reads. */
  readonly queues: readonly string[];
  /** Task partitions that it holds and keeps until it is answered; undefined where it keeps nothing. */
  readonly keeps: Held | undefined;
  /** The generation that gave it what it keeps. */
  readonly heldIn: number;
}
export interface JoinAnswer {
  readonly memberId: string;
  readonly generation: number;
  readonly held: Held;
  /** It gave something up that others wait for: it joins again at once. */
  readonly isShort: boolean;
}
interface Member {
  readonly id: string;
  heardMs: number;
  pending: (Pick<JoinAsked, 'queues' | 'keeps' | 'heldIn'> & { answer(answer: JoinAnswer): void }) | undefined;
}

/** Hears that the position of a task partition, by name, moves on to the next offset `to`. */
export type OffsetPassed = (name: string, from: number, to: number) => void;

const sessionMs = 10_000;
const rebalanceMs = 15_000;
const lookMs = 500;

/**
 * The coordinator of the workers' group, with the assignment that its leader makes: whoever keeps partitions while it joins
 * keeps its share of them, and what it gives up is another's in the next generation at the earliest. Knows of a dead member
 * by its silence.
 */
export class TaskGroup {
  readonly committed = new Map<string, number>();
  readonly #members = new Map<string, Member>();
  readonly #partitions: number;
  readonly #scheduler: Scheduler;
  #generation = 0;
  #preparingSince: number | undefined;
  #joined = 0;

  constructor(scheduler: Scheduler, partitions: number) {
    this.#scheduler = scheduler;
    this.#partitions = partitions;
  }

  /** `answer` is called at the coordinator, when every member has asked or is given up. */
  join({ memberId, queues, keeps, heldIn }: JoinAsked, answer: (answer: JoinAnswer) => void): void {
    let member = this.#members.get(memberId);
    if (member === undefined) {
      member = { id: `m${++this.#joined}`, heardMs: 0, pending: undefined };
      this.#members.set(member.id, member);
    }
    member.heardMs = this.#scheduler.nowMs;
    member.pending = { queues, keeps, heldIn, answer };
    this.prepare();
    this.#look();
  }

  /** Takes up what the generation gave it; false where that is over, as for who was answered while it was frozen. */
  sync(memberId: string, generation: number): boolean {
    const member = this.#members.get(memberId);
    if (member === undefined || generation !== this.#generation || this.#preparingSince !== undefined) return false;
    member.heardMs = this.#scheduler.nowMs;
    return true;
  }

  heartbeat(memberId: string, generation: number): 'fine' | 'rebalance' | 'unknown' {
    const member = this.#members.get(memberId);
    this.#look();
    if (member === undefined || !this.#members.has(memberId) || generation !== this.#generation) return 'unknown';
    member.heardMs = this.#scheduler.nowMs;
    return this.#preparingSince === undefined ? 'fine' : 'rebalance';
  }

  leave(memberId: string): void {
    if (!this.#members.delete(memberId)) return;
    this.prepare();
    this.#look();
  }

  /** False where the generation is over. */
  commit(memberId: string, generation: number, offsets: ReadonlyMap<string, number>, passed: OffsetPassed): boolean {
    if (!this.#members.has(memberId) || generation !== this.#generation) return false;
    for (const [name, offset] of offsets) {
      passed(name, this.committed.get(name) ?? 0, offset);
      this.committed.set(name, offset);
    }
    return true;
  }

  /** A rebalance begins. */
  prepare(): void {
    if (this.#preparingSince !== undefined) return;
    this.#preparingSince = this.#scheduler.nowMs;
    this.#lookOn();
  }

  #lookOn(): void {
    this.#scheduler.after(lookMs, undefined, 'group coordinator looks', () => {
      this.#look();
      if (this.#preparingSince !== undefined && this.#members.size > 0) this.#lookOn();
    });
  }

  #look(): void {
    const { nowMs } = this.#scheduler;
    for (const member of this.#members.values()) {
      if (member.pending !== undefined || nowMs - member.heardMs <= sessionMs) continue;
      this.#members.delete(member.id);
      this.prepare();
    }
    if (this.#preparingSince === undefined) return;
    const all = [...this.#members.values()];
    const isOver = nowMs - this.#preparingSince > rebalanceMs;
    if (!isOver && all.some(({ pending }) => pending === undefined)) return;
    for (const { id, pending } of all) if (pending === undefined) this.#members.delete(id);
    this.#preparingSince = undefined;
    if (this.#members.size > 0) this.#assign();
  }

  #assign(): void {
    this.#generation += 1;
    const members = [...this.#members.values()];
    const dealt = new Map<Member, Record<string, number[]>>(members.map((member) => [member, {}]));
    const short = new Set<Member>();
    for (const queue of new Set(members.flatMap(({ pending }) => pending!.queues))) {
      const asking = members.filter(({ pending }) => pending!.queues.includes(queue));
      this.#deal(queue, asking, dealt, short);
    }
    for (const member of members) {
      const { answer } = member.pending!;
      member.pending = undefined;
      member.heardMs = this.#scheduler.nowMs;
      const held = dealt.get(member)!;
      answer({ memberId: member.id, generation: this.#generation, held, isShort: short.has(member) });
    }
  }

  #deal(
    queue: string,
    members: readonly Member[],
    dealt: ReadonlyMap<Member, Record<string, number[]>>,
    short: Set<Member>,
  ): void {
    const share = (index: number): number =>
      Math.floor(this.#partitions / members.length) + (index < this.#partitions % members.length ? 1 : 0);
    const keepers = keepersOf(queue, members);
    const keptBy = (member: Member): number[] =>
      (member.pending!.keeps?.[queue] ?? []).filter((partition) => keepers.get(partition) === member);
    const kept = new Set(keepers.keys());
    const free = Array.from({ length: this.#partitions }, (_, partition) => partition).filter(
      (each) => !kept.has(each),
    );
    for (const [index, member] of members.entries()) {
      const keeps = keptBy(member);
      const partitions = keeps.slice(0, share(index));
      while (partitions.length < share(index) && free.length > 0) partitions.push(free.shift()!);
      dealt.get(member)![queue] = partitions;
      if (keeps.length > share(index)) short.add(member);
    }
  }
}

/** Of two members that keep the same partition the one of the later generation keeps it, as in `libs/kafka`. */
function keepersOf(queue: string, members: readonly Member[]): Map<number, Member> {
  const keepers = new Map<number, Member>();
  for (const member of [...members].sort((one, other) => other.pending!.heldIn - one.pending!.heldIn)) {
    for (const partition of member.pending!.keeps?.[queue] ?? []) {
      if (!keepers.has(partition)) keepers.set(partition, member);
    }
  }
  return keepers;
}

import type { ProjectionBatch } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import type { StandingProcess, Standings } from '../services/standing.ts';
import type { WoundClass } from '../faults/fault-plan.ts';
import type { FoldSightings } from './fold-sightings.ts';
import { HashChain } from './hash-chain.ts';

interface Wound {
  readonly kind: WoundClass;
  readonly log: InMemoryPartition;
  readonly atMs: number;
  /** The records as they were. */
  readonly before: HashChain;
  /** The records that there are. */
  readonly now: HashChain;
}

type Report = (rule: string, what: string) => void;

/**
 * What is right where a partition of the log was maimed: whoever has folded what is not there any more halts it, by a fault of
 * its lineage, and nobody ever folds or stores a mixture of both histories. The others may go on with the log that there is.
 */
export class WoundedLogs {
  readonly #wounds = new Map<number, Wound>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  get partitions(): readonly number[] {
    return [...this.#wounds.keys()];
  }

  has(partition: number): boolean {
    return this.#wounds.has(partition);
  }

  /**
   * Has it lost records that others may take the offsets of, or is it under rules that are not known? Then nobody can say what
   * its history is.
   */
  isRewritten(partition: number): boolean {
    const kind = this.#wounds.get(partition)?.kind;
    return kind === 'tail-lost' || kind === 'newer-rules';
  }

  /** `maim` takes the records away. */
  wound(kind: WoundClass, log: InMemoryPartition, atMs: number, maim: () => void): void {
    const before = HashChain.of(log);
    maim();
    this.#wounds.set(log.partition, { kind, log, atMs, before, now: before.cut(log.end) });
  }

  landed(log: InMemoryPartition): void {
    this.#wounds.get(log.partition)?.now.extend(log);
  }

  committed({ positions }: ProjectionBatch): void {
    for (const { partition, to, hash } of positions) {
      const wound = this.#wounds.get(partition);
      if (wound === undefined || wound.now.has(to, hash) || wound.before.has(to, hash)) continue;
      this.#report(
        'never-folds-on',
        `rows of partition ${partition} up to ${to} are told by records before and after ${wound.kind}`,
      );
    }
  }

  /** Why a maimed partition has not come to rest as it has to; empty where it has. */
  unsettled(standings: Standings, sightings: FoldSightings): string[] {
    return [...this.#wounds].flatMap(([partition, wound]) =>
      standings.living.flatMap((process) => complaintsOf(partition, wound, process, sightings)),
    );
  }

  /** Halts of maimed partitions by the processes that live. */
  halts(standings: Standings): number {
    return this.partitions.reduce(
      (sum, partition) => sum + standings.living.filter((one) => one.of(partition).fault !== undefined).length,
      0,
    );
  }
}

function complaintsOf(partition: number, wound: Wound, process: StandingProcess, sightings: FoldSightings): string[] {
  const { kind, log, now, atMs } = wound;
  const { position, fault, acts } = process.of(partition);
  const who = `${process.process.name} (partition ${partition}, ${kind})`;
  if (fault !== undefined)
    return fault.name === 'LineageFault' ? [] : [`${who} has halted for another reason: ${fault.message}`];
  if (position === undefined) return [];
  if (kind === 'newer-rules') return [`${who} goes on under rules that it does not know`];
  if (position > log.end || position < log.start)
    return [`${who} stands at ${position}, of ${log.start} to ${log.end}`];
  if (kind === 'head-lost' && acts && process.bornAtMs > atMs) return [`${who} took up a log without its beginning`];
  const fold = sightings.of(process.process, partition);
  if (!acts || fold === undefined || now.has(fold.state.position, fold.state.hash)) return [];
  return [`${who} stands at ${fold.state.position} with records that are not there`];
}

import type { ProjectionBatch } from '@millrace/runtime';

type Report = (rule: string, what: string) => void;

/** Projectors go on from what they know to be stored: no commit begins past the highest position that ever was. */
export class StoredPositions {
  readonly #report: Report;
  readonly #highest = new Map<number, number>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** A projector asks for it. */
  committing({ positions }: ProjectionBatch): void {
    for (const { partition, from, to } of positions) {
      const highest = this.#highest.get(partition) ?? 0;
      if (from > highest)
        this.#report(
          'commits-from-stored',
          `rows of partition ${partition} from ${from} to ${to} are to follow what was stored up to ${highest} at most`,
        );
    }
  }

  /** It is stored. */
  committed({ positions }: ProjectionBatch): void {
    for (const { partition, to } of positions)
      this.#highest.set(partition, Math.max(this.#highest.get(partition) ?? 0, to));
  }
}

/** Next offsets as the group takes them. */
export type GroupOffset = readonly [topic: string, partition: number, offset: number];

export interface SettledOffsetsOptions {
  /** How long settled offsets are gathered. */
  readonly commitMs: number;
  /** Commits for the generation of this assignment. A throw means that it may be tried again. */
  commit(offsets: readonly GroupOffset[]): Promise<unknown>;
}

/**
 * What was settled within one assignment, on its way to the group: gathered, one commit at a time, never backwards. After
 * `end` nothing is taken any more: what settles later belongs to whoever holds the partition then.
 */
export class SettledOffsets {
  private readonly offsets = new Map<string, GroupOffset>();
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();
  private over = false;

  constructor(private readonly options: SettledOffsetsOptions) {}

  settle(topic: string, partition: number, nextOffset: number): void {
    if (this.over) return;
    this.keep([topic, partition, nextOffset]);
    this.timer ??= setTimeout(() => void this.commit(), this.options.commitMs);
  }

  /** Commits what is settled, with one try. Tolerates being called twice. */
  end(): Promise<void> {
    this.over = true;
    return this.commit();
  }

  private keep(settled: GroupOffset): void {
    const [topic, partition, nextOffset] = settled;
    const name = `${topic}/${partition}`;
    if ((this.offsets.get(name)?.[2] ?? 0) < nextOffset) this.offsets.set(name, settled);
  }

  private commit(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.committing = this.committing.then(async () => {
      const offsets = [...this.offsets.values()];
      if (offsets.length === 0) return;
      this.offsets.clear();
      try {
        await this.options.commit(offsets);
      } catch {
        for (const [topic, partition, nextOffset] of offsets) this.settle(topic, partition, nextOffset);
      }
    });
    return this.committing;
  }
}

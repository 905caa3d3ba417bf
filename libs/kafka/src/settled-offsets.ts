/** Next offsets as the group takes them. */
export type GroupOffset = readonly [topic: string, partition: number, offset: number];

export interface SettledOffsetsOptions {
  /** How long settled offsets are gathered. */
  readonly commitMs: number;
  /** Commits for the generation of this assignment. A throw means that it may be tried again, false that it is over. */
  commit(offsets: readonly GroupOffset[]): Promise<boolean>;
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

  /** Commits what is settled, with one try, and gives what was not taken. Tolerates being called twice. */
  async end(): Promise<readonly GroupOffset[]> {
    this.over = true;
    await this.commit();
    return [...this.offsets.values()];
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
        if (!(await this.options.commit(offsets))) for (const settled of offsets) this.keep(settled);
      } catch {
        for (const settled of offsets) this.keep(settled);
        if (!this.over) this.timer ??= setTimeout(() => void this.commit(), this.options.commitMs);
      }
    });
    return this.committing;
  }
}

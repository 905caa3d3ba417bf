/** One record's open tasks. */
export interface RecordProgress {
  /** One of the record's tasks is settled; the last one moves the partition on. */
  settle(): void;
}

/**
 * Which records of one task partition are settled, within one assignment. Calls `onSettled` with the next offset each time
 * everything below it is settled; records may settle in any order.
 */
export class PartitionProgress {
  readonly #onSettled: (nextOffset: number) => void;
  /** Oldest first, a queue with a moving head. */
  #records: OpenRecord[] = [];
  #head = 0;
  /** Everything below is settled; a record fetched again never moves it back. */
  #nextOffset = 0;

  constructor(onSettled: (nextOffset: number) => void) {
    this.#onSettled = onSettled;
  }

  /** A record without tasks is settled at once. */
  open(offset: number, tasks: number): RecordProgress {
    const record = new OpenRecord(this, offset, tasks);
    this.#records.push(record);
    if (tasks === 0) this.moveOn();
    return record;
  }

  /** Called by a record that has settled. */
  moveOn(): void {
    const records = this.#records;
    let head = this.#head;
    let settledOffset = -1;
    while (head < records.length && records[head]!.open <= 0) settledOffset = records[head++]!.offset;
    if (settledOffset < 0) return;
    if (head > 1_024 || head === records.length) {
      this.#records = records.slice(head);
      head = 0;
    }
    this.#head = head;
    if (settledOffset < this.#nextOffset) return;
    this.#nextOffset = settledOffset + 1;
    this.#onSettled(this.#nextOffset);
  }
}

class OpenRecord implements RecordProgress {
  constructor(
    private readonly partition: PartitionProgress,
    readonly offset: number,
    public open: number,
  ) {}

  settle(): void {
    this.open -= 1;
    if (this.open === 0) this.partition.moveOn();
  }
}

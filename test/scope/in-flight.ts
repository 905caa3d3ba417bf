import { LogUnavailable, type Appended, type OutgoingRecord, type RecordWriter } from '@millrace/runtime';
import type { SimProcess } from '../sim/world/sim-process.ts';

/** One append between its writer and the log. */
export interface InFlight {
  /** Names it in every interleaving alike: its process, and the how-manieth of that process's appends it is. */
  readonly name: string;
  readonly process: SimProcess;
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly OutgoingRecord[];
  /** Where it has landed. */
  landed?: Appended;
  /** Its writer was told that nobody knows what became of it. */
  hasFailed: boolean;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

/** Appends of one process: each waits until it is said what becomes of it. */
export class InFlightWriter implements RecordWriter {
  readonly #process: SimProcess;
  readonly #sent: (append: InFlight) => void;
  #count = 0;

  constructor(process: SimProcess, sent: (append: InFlight) => void) {
    this.#process = process;
    this.#sent = sent;
  }

  append(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (!this.#process.isAlive) return;
      const process = this.#process;
      const name = `${process.name}#${++this.#count}`;
      this.#sent({ name, process, topic, partition, records, hasFailed: false, resolve, reject });
    });
  }

  async appendAll(batches: Parameters<RecordWriter['appendAll']>[0]): Promise<void> {
    await Promise.all(batches.map(({ topic, partition, records }) => this.append(topic, partition, records)));
  }
}

export function noAnswer(): LogUnavailable {
  return new LogUnavailable('Expected an acknowledgement, but none came.');
}

import { controlPartitionOf, type Answered, type Control } from '@millrace/protocol';
import type { Journal, RecordWriter } from './ports.js';

/**
 * Sends verdicts and stops. Nothing is sent twice and losses are harmless: a worker that should have heard is told again
 * after its next heartbeat, whoever asked for a run asks again with the same key, and a command's effect is seen in its run.
 */
export class ControlSender {
  readonly #pending = new Map<number, (Control | Answered)[]>();
  #scheduled = false;

  constructor(
    private readonly writer: RecordWriter,
    private readonly topic: string,
    private readonly partitions: number,
    private readonly journal: Journal,
  ) {}

  /** Gathers what is said in one turn of the event loop into one record per recipient's partition. */
  send(message: Control | Answered): void {
    const partition = controlPartitionOf(message.to, this.partitions);
    const pending = this.#pending.get(partition);
    if (pending === undefined) this.#pending.set(partition, [message]);
    else pending.push(message);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    for (const [partition, messages] of this.#pending) {
      const records = messages.map((message) => ({ key: message.to, value: Buffer.from(JSON.stringify(message)) }));
      this.writer.append(this.topic, partition, records).catch((error: unknown) => {
        this.journal.warn({ partition, error }, 'A control message was not sent; the next heartbeat asks again.');
      });
    }
    this.#pending.clear();
  }
}

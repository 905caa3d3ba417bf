import { rulesKnown, topicsOf, type ServiceHeartbeat } from '@millrace/protocol';
import type { Clock, Journal, RecordWriter } from '@millrace/runtime';

const everyMs = 2_000;

/** Says every 2 s on `millrace.workers` that this ingest lives. One that cannot be sent is left out. Start and stop are idempotent. */
export class OwnHeartbeat {
  #stopped = false;
  #cancel: (() => void) | undefined;
  #fails = false;

  constructor(
    private readonly writer: RecordWriter,
    private readonly prefix: string,
    private readonly id: string,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  start(): void {
    if (this.#cancel === undefined && !this.#stopped) void this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #beat(): Promise<void> {
    this.#cancel = () => {};
    const at = this.clock.now();
    const heartbeat: ServiceHeartbeat = { v: 1, kind: 'ingest', id: this.id, at, knows: rulesKnown };
    try {
      const value = Buffer.from(JSON.stringify(heartbeat));
      await this.writer.append(topicsOf(this.prefix).workers, 0, [{ key: this.id, value }]);
      this.#fails = false;
    } catch (error) {
      if (!this.#fails) this.journal.warn({ error }, 'a heartbeat could not be sent');
      this.#fails = true;
    }
    if (!this.#stopped) this.#cancel = this.clock.after(everyMs, () => void this.#beat());
  }
}

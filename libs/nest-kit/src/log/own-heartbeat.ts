import { rulesKnown, topicsOf, type ServiceHeartbeat } from '@millrace/protocol';
import { Rounds, type Clock, type Journal, type RecordWriter } from '@millrace/runtime';

export interface OwnHeartbeatOptions {
  readonly kind: ServiceHeartbeat['kind'];
  /** This process's incarnation. */
  readonly id: string;
  readonly writer: RecordWriter;
  /** Of the topics. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Next offsets by log partition, the entries below them, and what has halted, where the service has any. */
  readonly standing?: () => Pick<ServiceHeartbeat, 'positions' | 'entries' | 'halted'>;
}

const everyMs = 2_000;

/**
 * Says every 2 s on `millrace.workers` that this service lives and where it stands. One that cannot be sent is left out.
 * Start and stop are idempotent.
 */
export class OwnHeartbeat {
  readonly #options: OwnHeartbeatOptions;
  readonly rounds: Rounds;
  #stopped = false;
  #cancel: (() => void) | undefined;
  #fails = false;

  constructor(options: OwnHeartbeatOptions) {
    this.#options = options;
    this.rounds = new Rounds('heartbeats', options.clock);
  }

  start(): void {
    if (this.#cancel === undefined && !this.#stopped) void this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.rounds.rest();
    this.#cancel?.();
  }

  async #beat(): Promise<void> {
    const { kind, id, writer, prefix, clock, journal, standing } = this.#options;
    this.#cancel = () => {};
    this.rounds.begin();
    const heartbeat: ServiceHeartbeat = { v: 1, kind, id, at: clock.now(), knows: rulesKnown, ...standing?.() };
    try {
      await writer.append(topicsOf(prefix).workers, 0, [{ key: id, value: Buffer.from(JSON.stringify(heartbeat)) }]);
      this.#fails = false;
      this.rounds.ended();
    } catch (error) {
      this.rounds.ended(error);
      if (!this.#fails) journal.warn({ error }, 'A heartbeat was not sent.');
      this.#fails = true;
    }
    if (!this.#stopped) this.#cancel = clock.after(everyMs, () => void this.#beat());
  }
}

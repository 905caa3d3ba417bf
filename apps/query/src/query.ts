import type { Health } from '@millrace/nest-kit';
import type { ReadModel } from '@millrace/postgres';
import type { TopicTail } from '@millrace/runtime';
import type { DatabaseProbe } from './database-probe.js';

export interface QueryParts {
  readonly model: ReadModel;
  readonly probe: DatabaseProbe;
  readonly tail: TopicTail;
  readonly health: Health;
  /** Closes what else is open. */
  readonly close: () => Promise<void>;
}

/** What runs beside the requests: starts, says how it fares, stops. Start and stop are idempotent. */
export class Query {
  readonly #parts: QueryParts;
  #unregister: (() => void)[] = [];

  constructor(parts: QueryParts) {
    this.#parts = parts;
  }

  /** Reads work while Kafka is down, so the heartbeats are no condition of being ready. */
  start(): void {
    const { probe, tail, health } = this.#parts;
    this.#unregister = [
      health.register('postgres', () => probe.check()),
      health.register('heartbeats', () => ({ ready: true, detail: tail.fault ?? 'read to their end' })),
    ];
    probe.start();
    tail.start();
  }

  async stop(): Promise<void> {
    for (const unregister of this.#unregister) unregister();
    this.#parts.probe.stop();
    await Promise.all([this.#parts.tail.stop(), this.#parts.model.close(), this.#parts.close()]);
  }
}

import { ServiceProblem } from '@millrace/nest-kit';
import {
  controlPartitionOf,
  controlPartitions,
  type Drain,
  type DrainAnswer,
  type WorkerHeartbeat,
} from '@millrace/protocol';
import type { Clock, RecordWriter } from '@millrace/runtime';

/** Without a heartbeat for this long a worker is not told anything. Heartbeats come every 2 s. */
const silentMs = 15_000;
/** Of more workers the longest silent are forgotten. */
const workersMax = 10_000;

/** Tells workers to drain. Knows who lives by the heartbeats that it hears. */
export class Drains {
  readonly #heardAt = new Map<string, number>();

  constructor(
    private readonly writer: RecordWriter,
    private readonly topic: string,
    private readonly clock: Clock,
  ) {}

  /** @param at when it arrived; its append time where it was read late. */
  hear({ id, leaving }: WorkerHeartbeat, at: number): void {
    this.#heardAt.delete(id);
    if (leaving !== true) this.#heardAt.set(id, at);
    const [first] = this.#heardAt.keys();
    if (this.#heardAt.size > workersMax) this.#heardAt.delete(first!);
  }

  /**
   * The worker is told; that it drains is seen in its heartbeats, and telling it again is harmless. Throws a `ServiceProblem`:
   * 404 for a worker that was not heard lately, 503 where Kafka does not take it.
   */
  async drain(worker: string): Promise<DrainAnswer> {
    if (this.clock.now() - (this.#heardAt.get(worker) ?? -Infinity) > silentMs) {
      const detail = 'Expected the id of a worker that was heard within 15 s, but there is none. See GET /v1/workers.';
      throw new ServiceProblem({ status: 404, code: 'worker-unknown', detail });
    }
    const drain: Drain = { v: 1, kind: 'drain', to: worker };
    const partition = controlPartitionOf(worker, controlPartitions);
    try {
      await this.writer.append(this.topic, partition, [{ key: worker, value: Buffer.from(JSON.stringify(drain)) }]);
    } catch (cause) {
      const detail = 'Expected Kafka to take the order to drain, but it did not. Send it again.';
      throw new ServiceProblem({ status: 503, code: 'log-unavailable', detail, retryAfterMs: 1_000, cause });
    }
    return { worker };
  }
}

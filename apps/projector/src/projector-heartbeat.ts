import { rulesKnown, type ServiceHeartbeat, type Topics } from '@millrace/protocol';
import type { Clock, Journal, ProjectionLoop, RecordWriter } from '@millrace/runtime';

const periodMs = 2_000;

/** Says every 2 s on `millrace.workers` where the projection stands. Start and stop are idempotent. */
export class ProjectorHeartbeat {
  #cancel: (() => void) | undefined;

  constructor(
    private readonly id: string,
    private readonly loop: ProjectionLoop,
    private readonly writer: RecordWriter,
    private readonly topics: Topics,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  start(): void {
    this.#cancel ??= this.clock.after(periodMs, () => {
      this.#cancel = undefined;
      this.#beat();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = () => {};
  }

  #beat(): void {
    const { id, loop } = this;
    const heartbeat: ServiceHeartbeat = {
      v: 1,
      kind: 'projector',
      id,
      at: this.clock.now(),
      knows: rulesKnown,
      positions: loop.positions,
    };
    const value = Buffer.from(JSON.stringify(heartbeat));
    this.writer.append(this.topics.workers, 0, [{ key: id, value }]).catch((error: unknown) => {
      this.journal.warn({ error }, 'A heartbeat was not sent.');
    });
  }
}

import { writerLeapMsMax, type Frame, type Instant } from '@millrace/domain';
import type { Journal } from './ports.js';

const warnMs = 60_000;
/** A frame that is sent again keeps its time: its writer gives it up after this long. */
const sentAgainMsMax = 600_000;

/** Says so, once a minute at most, where a writer's clock and the broker's differ by more than partition time tolerates. */
export class ClockAlarm {
  #toldAt = -Infinity;

  constructor(private readonly journal: Journal) {}

  /** @param at the frame's append time. */
  look(partition: number, { by, now, seq }: Frame, at: Instant, uptimeMs: number): void {
    const aheadMs = now - at;
    const differs = aheadMs > writerLeapMsMax || aheadMs < -writerLeapMsMax - sentAgainMsMax;
    if (!differs || seq === 0 || uptimeMs < this.#toldAt + warnMs) return;
    this.#toldAt = uptimeMs;
    const how = aheadMs > 0 ? `${aheadMs} ms ahead of` : `${-aheadMs} ms behind`;
    this.journal.warn(
      { partition, writer: by, aheadMs },
      `Expected the clocks of writers and of the broker to agree within ${writerLeapMsMax} ms, but that of ${by} is ${how} the broker's. ` +
        "Timers fire by the broker's time, never early, and late where both clocks are needed to move it. Synchronize the clocks.",
    );
  }
}

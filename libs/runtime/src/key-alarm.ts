import { endedKeysMax, keyKeptMs, type Instant, type PartitionState } from '@millrace/domain';
import type { Journal } from './ports.js';

const warnMs = 60_000;

/** Says so, once a minute at most, where a partition forgets idempotency keys before their day is over. */
export class KeyAlarm {
  #told = 0;
  #toldAt: Instant = -Infinity;

  constructor(private readonly journal: Journal) {}

  look(partition: number, { keys }: PartitionState, now: Instant): void {
    if (keys.forgottenEarly <= this.#told || now < this.#toldAt + warnMs) return;
    const forgotten = keys.forgottenEarly - this.#told;
    this.#told = keys.forgottenEarly;
    this.#toldAt = now;
    this.journal.warn(
      { partition, keys: keys.size, forgotten },
      `Expected to keep idempotency keys for ${keyKeptMs / 3_600_000} h after their run, but more than ${endedKeysMax} came: ` +
        'requests repeated with the oldest ones make new runs. Use more log partitions, or fewer keys.',
    );
  }
}

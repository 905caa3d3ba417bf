import { LineageFault } from './births.js';
import { LogUnsound, type LogSoundness } from './log-soundness.js';
import type { Clock } from './ports.js';
import { pause } from './waits.js';

export type Soundness = Pick<LogSoundness, 'check'>;

export interface TakeOverChecksOptions {
  /** Absent: nothing is checked. */
  readonly soundness: Soundness | undefined;
  readonly clock: Clock;
  readonly isRunning: () => boolean;
  /** Called once where the partition is not to be folded. */
  readonly halt: (partition: number, fault: Error) => unknown;
}

/** A take-over waits this long for the answer: a broker that is frozen must not hold it up. What comes later halts all the same. */
const answerMsMax = 2_000;
/** Until a check that nobody answered is tried again. */
const retryMs = 1_000;
/** Until it is looked again whether what halted has been mended. */
const againMs = 5_000;

/**
 * Looks whether the log is sound whenever a partition is taken over, halts the partition where it is not, and tells when it
 * may go on. One look at a partition is under way at most.
 */
export class TakeOverChecks {
  readonly #options: TakeOverChecksOptions;
  readonly #looks = new Map<number, Promise<void>>();
  readonly #mended: number[] = [];

  constructor(options: TakeOverChecksOptions) {
    this.#options = options;
  }

  /** Resolves when the partition is known to be sound, when it was halted, or after 2 s without an answer. */
  look(partition: number): Promise<void> {
    if (this.#options.soundness === undefined) return Promise.resolve();
    let look = this.#looks.get(partition);
    if (look === undefined) this.#looks.set(partition, (look = this.#begin(partition)));
    return Promise.race([look, pause(this.#options.clock, answerMsMax)]);
  }

  /** Partitions that it had halted and that are sound again, each once. */
  mended(): number[] {
    return this.#mended.splice(0);
  }

  /** Resolves at the first answer. */
  #begin(partition: number): Promise<void> {
    return new Promise((resolve) => {
      void this.#untilSound(partition, resolve).then(() => {
        this.#looks.delete(partition);
        resolve();
      });
    });
  }

  async #untilSound(partition: number, answered: () => void): Promise<void> {
    const { clock, halt, isRunning } = this.#options;
    for (let hasHalted = false; isRunning();) {
      const fault = await this.#faultOf(partition);
      if (!isRunning()) return;
      if (fault === undefined) {
        if (hasHalted) this.#mended.push(partition);
        return;
      }
      if (fault !== 'unanswered' && !hasHalted) halt(partition, fault);
      hasHalted ||= fault !== 'unanswered';
      if (fault instanceof LineageFault) return;
      if (hasHalted) answered();
      await pause(clock, hasHalted ? againMs : retryMs);
    }
  }

  async #faultOf(partition: number): Promise<Error | 'unanswered' | undefined> {
    try {
      await this.#options.soundness!.check(partition);
      return undefined;
    } catch (error) {
      return error instanceof LogUnsound || error instanceof LineageFault ? error : 'unanswered';
    }
  }
}

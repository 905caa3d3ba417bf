import { LogUnavailable, OffsetOutOfRange, RecordTooLarge, TopicMissing, type Clock } from './ports.js';

/**
 * How one loop gets on, for whoever must know whether it is stuck: each of its steps ends with an answer, or with the news that
 * nobody answers, and both are a round. What fails with anything else, or never ends, is none.
 */
export class Rounds {
  #at = -Infinity;
  #answeredAt = -Infinity;
  #isBusy = false;

  /** @param name what people call the loop. */
  constructor(
    readonly name: string,
    private readonly clock: Pick<Clock, 'uptimeMs'>,
  ) {}

  /** When the last round ended, or there began to be something to do, by `uptimeMs`. */
  get at(): number {
    return this.#at;
  }

  /** When Kafka last answered it. */
  get answeredAt(): number {
    return this.#answeredAt;
  }

  /** Does it have anything to do? What rests is never stuck. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** There is something to do from now on. Tolerates being called while busy. */
  begin(): void {
    if (!this.#isBusy) this.#at = this.clock.uptimeMs();
    this.#isBusy = true;
  }

  /** A step ended: with an answer, or with this error. Gives whether that is a round. */
  ended(error?: unknown): boolean {
    if (error === undefined) this.#answeredAt = this.clock.uptimeMs();
    const isRound = error === undefined || outcomes.some((outcome) => error instanceof outcome);
    if (isRound) this.#at = this.clock.uptimeMs();
    return isRound;
  }

  rest(): void {
    this.#isBusy = false;
  }
}

/** What Kafka, or nobody in its place, answers: the loop waits for a server or an operator then, and does right. */
const outcomes = [LogUnavailable, TopicMissing, OffsetOutOfRange, RecordTooLarge];

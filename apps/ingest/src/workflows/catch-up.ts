import { ServiceProblem } from '@millrace/nest-kit';
import type { RecordReader, TopicTail } from '@millrace/runtime';

/**
 * Waits until the tail has read everything that was in the topic at the call. Calls that come while the end is being read
 * share the next reading. Throws a 503 where that takes longer than `withinMs`.
 */
export class CatchUp {
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | undefined;

  constructor(
    private readonly reader: RecordReader,
    private readonly topic: string,
    private readonly tail: TopicTail,
    private readonly withinMs: number,
  ) {}

  async run(): Promise<void> {
    const end = await this.#end().catch((cause: unknown) => {
      throw behind((cause as Error).message, cause);
    });
    if (await this.tail.whenAt(end, this.withinMs)) return;
    throw behind(this.tail.fault ?? `${this.topic} was not read to its end in time`);
  }

  #end(): Promise<number> {
    if (this.#next !== undefined) return this.#next;
    const next = this.#last
      .catch(() => {})
      .then(async () => {
        this.#next = undefined;
        return (await this.reader.bounds(this.topic, 0)).end;
      });
    this.#next = next;
    this.#last = next;
    return next;
  }
}

function behind(why: string, cause?: unknown): ServiceProblem {
  const detail = `Expected to know all registered workflows, but: ${why}`;
  return new ServiceProblem({ status: 503, code: 'workflows-behind', detail, retryAfterMs: 1_000, cause });
}

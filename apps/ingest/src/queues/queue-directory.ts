import { bandNamesHighestFirst, topicsOf } from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';

const refreshMsMin = 1_000;

/**
 * Which queues exist: those whose task topics do, in all bands. The list of topics is kept and read again for a queue that is
 * not in it, at most once a second.
 */
export class QueueDirectory {
  #known: ReadonlySet<string> = new Set();
  #readAt = -Infinity;
  #refresh: Promise<void> | undefined;

  constructor(
    private readonly topicNames: () => Promise<ReadonlySet<string>>,
    private readonly prefix: string,
    private readonly clock: Clock,
  ) {}

  /** As far as the last list tells. */
  has(queue: string): boolean {
    return this.#known.has(queue);
  }

  /** Reads the list again; callers that come meanwhile share the reading. Throws `LogUnavailable`. */
  refresh(): Promise<void> {
    this.#refresh ??= this.#read().finally(() => (this.#refresh = undefined));
    return this.#refresh;
  }

  async #read(): Promise<void> {
    const waitMs = this.#readAt + refreshMsMin - this.clock.now();
    if (waitMs > 0) await new Promise<void>((resolve) => this.clock.after(waitMs, resolve));
    const names = await this.topicNames();
    this.#readAt = this.clock.now();
    const topics = topicsOf(this.prefix);
    const bottom = topics.tasks('', 'normal').slice(0, -'.normal'.length);
    const queues = [...names].filter((name) => name.startsWith(bottom)).map((name) => queueOf(name, bottom));
    this.#known = new Set(
      queues.filter((queue) => bandNamesHighestFirst.every((band) => names.has(topics.tasks(queue, band)))),
    );
  }
}

function queueOf(topic: string, bottom: string): string {
  return topic.slice(bottom.length, topic.lastIndexOf('.'));
}

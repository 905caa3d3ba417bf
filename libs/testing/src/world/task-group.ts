import { InMemoryTaskSource, type InMemoryLog, type TaskTopics } from '@millrace/runtime/in-memory';
import type { VirtualClock } from '../time/virtual-clock.js';
import type { Life } from './life.js';

/** A membership whose session always lives: what a test wants to die it says. */
class LivingTaskSource extends InMemoryTaskSource {
  constructor(
    readonly life: Life,
    private readonly group: TaskGroup,
    log: InMemoryLog,
    private readonly time: VirtualClock,
    topics: TaskTopics,
    committed: Map<string, number>,
  ) {
    super(log, time, topics, committed);
  }

  override lastHeartbeatSentAt(): number {
    return this.time.uptimeMs();
  }

  override async start(listener: Parameters<InMemoryTaskSource['start']>[0]): Promise<void> {
    await super.start(listener);
    this.group.spread();
  }

  override async stop(): Promise<void> {
    this.group.leave(this);
    await super.stop();
  }
}

/** The group of workers that share the task topics of all queues. */
export class TaskGroup {
  readonly #members: LivingTaskSource[] = [];
  readonly #committed = new Map<string, number>();
  readonly #log: InMemoryLog;
  readonly #time: VirtualClock;
  readonly #topics: TaskTopics;
  readonly #partitions: number;
  #isOpen = false;

  constructor(log: InMemoryLog, time: VirtualClock, topics: TaskTopics, partitions: number) {
    this.#log = log;
    this.#time = time;
    this.#topics = topics;
    this.#partitions = partitions;
    for (const topic of Object.values(topics).flat()) {
      for (let partition = 0; partition < partitions; partition++) {
        log.partition(topic, partition).onAppend(() => queueMicrotask(() => this.#deliver()));
      }
    }
  }

  member(life: Life): InMemoryTaskSource {
    const source = new LivingTaskSource(life, this, this.#log, this.#time, this.#topics, this.#committed);
    this.#members.push(source);
    return source;
  }

  /** While it is not open workers are given nothing. */
  open(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#deliver();
  }

  leave(source: LivingTaskSource): void {
    const index = this.#members.indexOf(source);
    if (index < 0) return;
    this.#members.splice(index, 1);
    this.spread();
  }

  /** Gives every member that lives its share. */
  spread(): void {
    const dead = this.#members.filter(({ life }) => life.isOver);
    for (const each of dead) this.#members.splice(this.#members.indexOf(each), 1);
    const started = this.#members.filter(({ isStarted }) => isStarted);
    for (const member of started) member.leave();
    for (const [index, member] of started.entries()) {
      const share = this.#all.filter((partition) => partition % started.length === index);
      member.join(Object.fromEntries(Object.keys(this.#topics).map((queue) => [queue, share])));
    }
    this.#deliver();
  }

  /** Everything that the task topics hold comes once more, as after commits that were lost. */
  redeliver(): void {
    for (const member of this.#members) if (member.isStarted) member.leave();
    this.#committed.clear();
    this.spread();
  }

  #deliver(): void {
    if (!this.#isOpen) return;
    for (const member of this.#members) if (member.isStarted && !member.life.isOver) member.deliver();
  }

  get #all(): number[] {
    return Array.from({ length: this.#partitions }, (_, partition) => partition);
  }
}

import { bandNamesHighestFirst } from '@millrace/protocol';
import type { TaskSource, TaskSourceListener } from '@millrace/runtime';
import { topics } from './brokers.ts';
import type { Network } from './network.ts';
import type { SimProcess } from './sim-process.ts';
import { SimTaskSession } from './sim-task-session.ts';
import type { Held, JoinAnswer, OffsetPassed, TaskGroup } from './task-group.ts';

const heartbeatMs = 500;
/** Heartbeats that are sent while a join is pending prove something for so long after the last one of a settled group. */
const provenMsMax = 7_500;

/** Membership of one worker in the group, as the one on Kafka behaves: it keeps what it holds while a join is pending. */
export class SimTaskSource implements TaskSource {
  readonly #process: SimProcess;
  readonly #network: Network;
  readonly #group: TaskGroup;
  readonly #queues: readonly string[];
  #listener: TaskSourceListener | undefined;
  #session: SimTaskSession | undefined;
  #memberId = '';
  #generation = -1;
  #held: Held = {};
  #lastSentAt = -Infinity;
  #stopped = false;

  constructor(process: SimProcess, network: Network, group: TaskGroup, queues: readonly string[]) {
    this.#process = process;
    this.#network = network;
    this.#group = group;
    this.#queues = queues;
  }

  async start(listener: TaskSourceListener): Promise<void> {
    this.#listener = listener;
    void this.#live();
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    this.#session?.settle(topic, partition, nextOffset);
  }

  lastHeartbeatSentAt(): number {
    return this.#lastSentAt;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#left();
    if (this.#memberId !== '') await this.#process.ask('leave group', () => this.#group.leave(this.#memberId));
  }

  async #live(): Promise<void> {
    while (!this.#stopped) {
      const keeps = this.#session !== undefined;
      const answer = await this.#join(keeps);
      if (this.#stopped) return;
      const carried = await this.#left();
      this.#memberId = answer.memberId;
      this.#generation = answer.generation;
      this.#held = answer.held;
      const sentAt = this.#process.clock.uptimeMs();
      const isTaken = await this.#process.ask('sync group', () => this.#group.sync(answer.memberId, answer.generation));
      if (this.#stopped) return;
      if (!isTaken) continue;
      this.#lastSentAt = sentAt;
      this.#session = this.#begin(answer, keeps ? carried : new Map());
      if (!answer.isShort) await this.#beat();
    }
  }

  #begin({ memberId, generation, held }: JoinAnswer, carried: ReadonlyMap<string, number>): SimTaskSession {
    const session = new SimTaskSession({
      ...{ process: this.#process, network: this.#network, committed: this.#group.committed, carried },
      positions: bandNamesHighestFirst.flatMap((band) =>
        Object.entries(held).flatMap(([queue, partitions]) =>
          partitions.map((partition) => ({ topic: topics.tasks(queue, band), partition })),
        ),
      ),
      queues: held,
      commit: (offsets) =>
        this.#process.ask('commit', () => this.#group.commit(memberId, generation, offsets, this.#passed)),
      listener: this.#listener!,
    });
    void session.run();
    return session;
  }

  readonly #passed: OffsetPassed = (name, from, to) => {
    const [topic, partition] = name.split('/') as [string, string];
    this.#network.passed(this.#process, this.#network.brokers.log.partition(topic, Number(partition)), from, to);
  };

  #join(keeps: boolean): Promise<JoinAnswer> {
    return new Promise((resolve) => {
      let isAnswered = false;
      if (keeps) void this.#beatUntil(() => isAnswered);
      const facts = { queues: this.#queues, keeps: keeps ? this.#held : undefined, heldIn: this.#generation };
      const asked = { memberId: this.#memberId, ...facts };
      const { scheduler } = this.#process;
      if (!this.#process.isAlive) return;
      scheduler.after(this.#process.latencyMs(), undefined, 'join group', () =>
        this.#group.join(asked, (answer) =>
          this.#process.effect(this.#process.latencyMs(), 'join group answered', () => {
            isAnswered = true;
            resolve(answer);
          }),
        ),
      );
    });
  }

  async #beatUntil(isAnswered: () => boolean): Promise<void> {
    const until = this.#lastSentAt + provenMsMax;
    while (!isAnswered() && !this.#stopped && this.#process.clock.uptimeMs() < until) {
      await this.#process.pause(heartbeatMs);
      const sentAt = this.#process.clock.uptimeMs();
      const answer = await this.#heartbeat();
      if (isAnswered() || answer === 'unknown') return;
      this.#lastSentAt = sentAt;
    }
  }

  /** Returns when it has to join again. */
  async #beat(): Promise<void> {
    while (!this.#stopped) {
      await this.#process.pause(heartbeatMs);
      const sentAt = this.#process.clock.uptimeMs();
      const answer = await this.#heartbeat();
      if (answer === 'rebalance') return;
      if (answer === 'unknown') {
        this.#memberId = '';
        return void (await this.#left());
      }
      this.#lastSentAt = sentAt;
    }
  }

  #heartbeat(): Promise<'fine' | 'rebalance' | 'unknown'> {
    return this.#process.ask('group heartbeat', () => this.#group.heartbeat(this.#memberId, this.#generation));
  }

  /** Gives what was settled and not committed. */
  async #left(): Promise<ReadonlyMap<string, number>> {
    const session = this.#session;
    this.#session = undefined;
    return session === undefined ? new Map<string, number>() : session.end();
  }
}

import type { RecordFolded } from '@millrace/checker';
import type { PartitionState } from '@millrace/domain';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { strayWriter } from '../faults/strays.ts';
import type { Scheduler } from '../world/scheduler.ts';
import { keyOf } from './attempts.ts';
import { HeardWorkers } from './heard-workers.ts';

type Report = (rule: string, what: string) => void;

/** Default of dispatchers. */
const sessionMs = 10_000;
/** In a healed world whoever is silent is lost within two sessions, and as long as it takes to claim, to look and to say so. */
const lostWithinMs = 2 * sessionMs + 5_000;

/**
 * What owners say of workers needs evidence: `WorkerLost` that it was silent for a session, or said that it leaves; a recall
 * as `unlisted` that the attempt was started for a session at least. And where there is evidence they have to say it.
 */
export class OwnersEvidence {
  readonly #scheduler: Scheduler;
  readonly #report: Report;
  readonly #heard = new HeardWorkers(sessionMs);
  /** When the starts of attempts landed. */
  readonly #startedMs = new Map<string, number>();

  constructor(scheduler: Scheduler, report: Report) {
    this.#scheduler = scheduler;
    this.#report = report;
  }

  /** Heartbeats have landed. */
  landed(log: InMemoryPartition): void {
    this.#heard.landed(log, this.#scheduler.nowMs);
  }

  /** Heartbeats are gone. */
  cut(): void {
    this.#heard.isBlind = true;
  }

  folded({ partition, frame, facts }: RecordFolded): void {
    for (const each of facts) {
      if (each.fact !== 'transition' || each.to !== 'running') continue;
      const key = keyOf({ run: each.run, task: each.task, attempt: each.move.attempt! });
      this.#startedMs.set(key, this.#scheduler.nowMs);
    }
    if (frame === undefined || frame.by.startsWith(strayWriter)) return;
    for (const item of frame.items) {
      if (item.type === 'WorkerLost') this.#lost(partition, item.worker, item.left === true);
      if (item.type === 'TasksRecalled' && item.reason === 'unlisted')
        for (const entry of item.entries) this.#recalled(keyOf(entry));
    }
  }

  /** In a world that has been sound since `healedMs`: whoever has been silent for long enough is lost. */
  look(partition: number, { workers }: PartitionState, healedMs: number): void {
    if (this.#heard.isBlind) return;
    const { nowMs } = this.#scheduler;
    for (const { id, lostAt, seen, inFlight } of workers.all()) {
      if (lostAt !== undefined || (seen === undefined && inFlight.size === 0)) continue;
      const silentMs = nowMs - Math.max(healedMs, this.#heard.landedMs(id) ?? 0);
      if (silentMs > lostWithinMs)
        this.#report('silent-is-lost', `${id} is silent for ${silentMs} ms and not lost in partition ${partition}`);
    }
  }

  #lost(partition: number, worker: string, left: boolean): void {
    if (this.#heard.isBlind) return;
    if (left) {
      if (!this.#heard.hasLeft(worker)) this.#report('lost-was-silent', `${worker} never said that it leaves`);
      return;
    }
    const silentMs = this.#heard.silentMsMax(worker);
    if (silentMs <= sessionMs)
      this.#report('lost-was-silent', `${worker} is lost in partition ${partition}, but was silent for ${silentMs} ms`);
  }

  #recalled(key: string): void {
    const startedMs = this.#startedMs.get(key);
    if (startedMs === undefined) return;
    const afterMs = this.#scheduler.nowMs - startedMs;
    if (afterMs <= sessionMs)
      this.#report('recalled-was-unlisted', `${key} is recalled as unlisted ${afterMs} ms after its start`);
  }
}

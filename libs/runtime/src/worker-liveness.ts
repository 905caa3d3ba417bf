import type { Instant, WorkerId } from '@millrace/domain';
import type { WorkerHeartbeat } from '@millrace/protocol';

export interface HeardWorker {
  readonly heartbeat: WorkerHeartbeat;
  /** When it was heard, by `WorkerLiveness.time`. */
  readonly at: Instant;
}

/**
 * Who lives, by what passes between the append times of heartbeats: a broker's clock that is set back, or another broker's,
 * takes nothing of what has passed, and makes nobody silent. The owner's own heartbeats move `time` too, so an owner that stalled does
 * not take its own silence for everybody's; nobody is called silent unless the reader stands at the end of the topic.
 */
export class WorkerLiveness {
  readonly #heard = new Map<WorkerId, HeardWorker>();
  #time: Instant = 0;
  /** Append time of the last heartbeat. */
  #last: Instant = 0;
  /** Silence is counted from here at the earliest. */
  #since: Instant = 0;
  #atEnd = false;

  /** @param sessionMs a worker is silent after this long without a heartbeat. */
  constructor(readonly sessionMs: number) {}

  /** How long heartbeats have been heard without a break: what nobody could say before that, nobody failed to say. */
  get heardMs(): number {
    return this.#time - this.#since;
  }

  /** Append time of the newest heartbeat, whoever sent it, and later by as much as brokers' clocks have been set back since. */
  get time(): Instant {
    return this.#time;
  }

  /**
   * Somebody's heartbeat was appended. After half a session in which not even the owner's own was, the log was away: that
   * time is nobody's silence, and counting begins anew. Gives the new `time`.
   */
  passed(at: Instant): Instant {
    const passedMs = Math.max(0, at - this.#last);
    this.#last = at;
    this.#time += passedMs;
    if (passedMs > this.sessionMs / 2) this.#since = this.#time;
    return this.#time;
  }

  /** After `passed` for it. */
  heard(heartbeat: WorkerHeartbeat): void {
    this.#heard.set(heartbeat.id, { heartbeat, at: this.#time });
  }

  /** Did the last read reach the end of the topic? */
  reached(atEnd: boolean): void {
    this.#atEnd = atEnd;
    for (const [id, { at }] of this.#heard) if (at < this.#time - 6 * this.sessionMs) this.#heard.delete(id);
  }

  get isAtEnd(): boolean {
    return this.#atEnd;
  }

  get(id: WorkerId): HeardWorker | undefined {
    return this.#heard.get(id);
  }

  /** Workers heard within a session that are not leaving. */
  *living(): Generator<HeardWorker> {
    for (const worker of this.#heard.values()) {
      if (worker.heartbeat.leaving !== true && worker.at >= this.#time - this.sessionMs) yield worker;
    }
  }

  /**
   * Which of `known` are lost: they said that they leave, or are silent for a session; for two where more than half of
   * them are silent at once. One that was never heard counts from when this process began to listen.
   */
  lost(known: readonly WorkerId[]): WorkerId[] {
    if (!this.#atEnd) return [];
    const left = known.filter((id) => this.#heard.get(id)?.heartbeat.leaving === true);
    const present = known.filter((id) => !left.includes(id));
    const silent = present.filter((id) => this.#silentMs(id) > this.sessionMs);
    if (silent.length * 2 <= present.length) return [...left, ...silent];
    return [...left, ...silent.filter((id) => this.#silentMs(id) > 2 * this.sessionMs)];
  }

  #silentMs(id: WorkerId): number {
    return this.#time - Math.max(this.#heard.get(id)?.at ?? 0, this.#since);
  }
}

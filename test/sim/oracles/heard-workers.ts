import type { WorkerHeartbeat } from '@millrace/protocol';
import type { InMemoryPartition } from '@millrace/runtime/testing';

interface Heard {
  /** Of its last heartbeat, by the time that all heartbeats make together. */
  at: number;
  landedMs: number;
  /** The longest time that it was silent. */
  silentMsMax: number;
  hasLeft: boolean;
}

const utf8 = new TextDecoder();

/**
 * How long workers have been silent, counted on the append times of all heartbeats that have landed. Whoever reads them,
 * from wherever and up to wherever, finds no longer silence than this, for as long as the topic loses nothing.
 */
export class HeardWorkers {
  readonly #sessionMs: number;
  readonly #heard = new Map<string, Heard>();
  /** Next offset. */
  #next = 0;
  /** What has passed between append times, those that went back left out. */
  #time = 0;
  #last: number | undefined;
  /** The log was away until then. */
  #since = 0;
  /** The longest time without such a break: as long was silent who was never heard. */
  #unbrokenMsMax = 0;
  /** It has lost records, or its readers may have missed some: what they find is not known. */
  isBlind = false;

  constructor(sessionMs: number) {
    this.#sessionMs = sessionMs;
  }

  landed(log: InMemoryPartition, nowMs: number): void {
    if (log.start > 0 || log.end <= this.#next) this.isBlind = true;
    if (this.isBlind) return;
    for (const { offset, at, value } of log.from(this.#next)) {
      this.#next = offset + 1;
      const heartbeat = JSON.parse(utf8.decode(value)) as { kind: string } & WorkerHeartbeat;
      const heard = heartbeat.kind === 'worker' ? this.#of(heartbeat.id) : undefined;
      if (heard !== undefined) this.#note(heard);
      this.#passed(at);
      if (heard === undefined) continue;
      heard.at = this.#time;
      heard.landedMs = nowMs;
      heard.hasLeft ||= heartbeat.leaving === true;
    }
  }

  /** Has it said in a heartbeat that it leaves? */
  hasLeft(worker: string): boolean {
    return this.#heard.get(worker)?.hasLeft === true;
  }

  /** The longest time between two heartbeats of it, or since the last one. */
  silentMsMax(worker: string): number {
    const heard = this.#heard.get(worker);
    if (heard === undefined) return Math.max(this.#unbrokenMsMax, this.#time - this.#since);
    this.#note(heard);
    return heard.silentMsMax;
  }

  /** When its last heartbeat landed, whatever the brokers stamped on it. */
  landedMs(worker: string): number | undefined {
    return this.#heard.get(worker)?.landedMs;
  }

  #of(worker: string): Heard {
    let heard = this.#heard.get(worker);
    if (heard === undefined) {
      heard = { at: this.#since, landedMs: 0, silentMsMax: this.#unbrokenMsMax, hasLeft: false };
      this.#heard.set(worker, heard);
    }
    return heard;
  }

  /** After half a session in which nobody's heartbeat was appended nobody's silence goes on. */
  #passed(at: number): void {
    const passedMs = Math.max(0, at - (this.#last ?? at));
    this.#last = at;
    if (passedMs > this.#sessionMs / 2) {
      for (const heard of this.#heard.values()) this.#note(heard);
      this.#unbrokenMsMax = Math.max(this.#unbrokenMsMax, this.#time - this.#since);
      this.#since = this.#time + passedMs;
    }
    this.#time += passedMs;
  }

  #note(heard: Heard): void {
    heard.silentMsMax = Math.max(heard.silentMsMax, this.#time - Math.max(heard.at, this.#since));
  }
}

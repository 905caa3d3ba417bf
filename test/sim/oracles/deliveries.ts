import type { TaskRecord } from '@millrace/protocol';
import type { LogRecord, OutgoingRecord } from '@millrace/runtime';
import type { SimProcess } from '../world/sim-process.ts';
import { keyOf } from './attempts.ts';

type Report = (rule: string, what: string) => void;

/** Docs/design.md, 4.4 and 5.2: for so long after its decision a task is sent un-marked, and what is sent so runs unclaimed. */
const promptMs = 2_000;
const utf8 = new TextDecoder();

/**
 * A ledger of what was sent to workers and what each was given. Nothing is sent un-marked later than 2 s after its decision
 * was in the log; and nothing runs unclaimed in a process that was not given it first-hand: in a record that is no copy, that
 * landed within 2 s of its decision, and that nobody can have been given before.
 */
export class Deliveries {
  readonly #report: Report;
  readonly #nowMs: () => number;
  readonly #judges: (partition: number) => boolean;
  /** When each dispatch was in the log. */
  readonly #decidedMs = new Map<string, number>();
  readonly #firstHand = new Map<SimProcess, Set<string>>();
  readonly #read = new WeakMap<Uint8Array, TaskRecord>();

  /** @param nowMs the time that there is, whatever clocks say. */
  constructor(report: Report, nowMs: () => number, judges: (partition: number) => boolean) {
    this.#report = report;
    this.#nowMs = nowMs;
    this.#judges = judges;
  }

  dispatched(key: string): void {
    this.#decidedMs.set(key, this.#nowMs());
  }

  /** Somebody sends records to a task topic; whether they arrive is another matter. */
  sent(records: readonly OutgoingRecord[]): void {
    for (const { value } of records) {
      const { again, tasks } = this.#parsed(value);
      if (again === true) continue;
      for (const delivery of tasks) {
        const key = keyOf(delivery);
        const lateMs = this.#nowMs() - (this.#decidedMs.get(key) ?? -Infinity);
        if (lateMs >= promptMs && lateMs < Infinity && this.#judges(partitionOf(delivery)))
          this.#report('unmarked-sends-are-prompt', `${key} is sent un-marked ${lateMs} ms after its dispatch`);
      }
    }
  }

  /** `endAtJoin`, `takenMax`: offsets below them, or up to it, were there before or were handed over already. */
  given(process: SimProcess, records: readonly LogRecord[], endAtJoin: number, takenMax: number): void {
    for (const { offset, at, value } of records) {
      if (value === undefined || offset < endAtJoin || offset <= takenMax) continue;
      const { again, decidedAt, tasks } = this.#parsed(value);
      if (again === true || Math.abs(at - decidedAt) >= promptMs) continue;
      let keys = this.#firstHand.get(process);
      if (keys === undefined) this.#firstHand.set(process, (keys = new Set()));
      for (const delivery of tasks) keys.add(keyOf(delivery));
    }
  }

  /** An execution begins for which there is no claim. */
  beganUnclaimed(process: SimProcess, key: string): void {
    if (this.#firstHand.get(process)?.has(key) === true) return;
    this.#report(
      'unclaimed-starts-are-first-hand',
      `${key} began unclaimed at ${process.name}, which has it second-hand`,
    );
  }

  #parsed(value: Uint8Array): TaskRecord {
    let record = this.#read.get(value);
    if (record === undefined) this.#read.set(value, (record = JSON.parse(utf8.decode(value)) as TaskRecord));
    return record;
  }
}

function partitionOf({ run }: { readonly run: string }): number {
  return Number.parseInt(run.slice(0, 4), 16);
}

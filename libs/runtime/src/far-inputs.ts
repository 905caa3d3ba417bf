import type { Attempt, EventAddress, Frame, Item, Json, PartitionState, TaskIndex } from '@millrace/domain';
import { limits } from '@millrace/protocol';
import type { ItemsOfLog } from './log-items.js';

/** Payloads of one partition that are kept after they were folded, as JSON: most are dispatched soon. */
const keptBytesMax = 4 * 1024 * 1024;

/** Payloads by where they stand in the log. */
export type Payloads = ReadonlyMap<EventAddress, Json | undefined>;

/** What an attempt is given that the state knows by address only: those payloads that are at hand, and what is to be read. */
export interface FarInput {
  readonly atHand: Payloads;
  readonly missing: readonly EventAddress[];
}

/**
 * Inputs and parents' results that the state knows by address only. Those folded last are kept, so that a task that is
 * dispatched soon costs no reading; the others are read from the log.
 */
export class FarInputs {
  readonly #partition: number;
  readonly #items: ItemsOfLog;
  readonly #kept = new Map<EventAddress, Json>();
  #keptBytes = 0;

  constructor(partition: number, items: ItemsOfLog) {
    this.#partition = partition;
    this.#items = items;
  }

  /** Keeps what a frame brought that was just folded; of two items of it on one task run only what was accepted. */
  heard(state: PartitionState, { items }: Frame): void {
    for (const [index, item] of items.entries()) {
      const payload = payloadOf(item);
      if (payload === undefined || !('run' in item)) continue;
      const run = state.runs.get(item.run);
      const address = 'outcome' in item ? run?.farResults.get(item.task) : run?.inputAt;
      if (address?.offset !== state.position - 1 || address.index !== index) continue;
      this.#kept.set(address, payload);
      this.#keptBytes += address.bytes;
    }
    for (const address of this.#kept.keys()) {
      if (this.#keptBytes <= keptBytesMax) break;
      this.#kept.delete(address);
      this.#keptBytes -= address.bytes;
    }
  }

  /** Results that its delivery carries by reference are not among them. */
  of(attempt: Attempt): FarInput {
    const atHand = new Map<EventAddress, Json>();
    const missing: EventAddress[] = [];
    const results = farResultsOf(attempt).map(({ address }) => address);
    const given = areReferred(results) ? nothing : results;
    const { inputAt } = attempt.run;
    const isOwn = attempt.run.task(attempt.task).input !== undefined;
    for (const address of inputAt === undefined || isOwn ? given : [inputAt, ...given]) {
      const kept = this.#kept.get(address);
      if (kept === undefined) missing.push(address);
      else atHand.set(address, kept);
    }
    return { atHand, missing };
  }

  /** Throws what `ItemsOfLog.read` throws. */
  async read(addresses: readonly EventAddress[]): Promise<Payloads> {
    const items = await this.#items.read(this.#partition, addresses);
    return new Map([...items].map(([address, item]) => [address, payloadOf(item)]));
  }
}

function payloadOf(item: Item): Json | undefined {
  if ('input' in item) return item.input;
  return 'outcome' in item && item.outcome.kind === 'succeeded' ? item.outcome.result : undefined;
}

/** A parent whose result the state knows by address only. */
export interface FarResult {
  readonly parent: TaskIndex;
  readonly address: EventAddress;
}

const nothing: readonly never[] = [];

/** Those of an attempt's parents. */
export function farResultsOf({ run, task }: Attempt): readonly FarResult[] {
  if (run.farResults.size === 0) return nothing;
  const { parentFrom, parents } = run.dag;
  const found: FarResult[] = [];
  for (let edge = parentFrom[task]!; edge < parentFrom[task + 1]!; edge++) {
    const address = run.farResults.get(parents[edge]!);
    if (address !== undefined) found.push({ parent: parents[edge]!, address });
  }
  return found;
}

/** Are results at these addresses, over 128 KiB together, read by the worker and not here? */
export function areReferred(addresses: readonly EventAddress[]): boolean {
  return addresses.reduce((sum, { bytes }) => sum + bytes, 0) > limits.payloadBytesMax;
}

import type { Attempt, EventAddress, Frame, Json, PartitionState } from '@millrace/domain';
import type { ItemsOfLog } from './log-items.js';

/** Inputs of one partition that are kept after they were folded, as JSON: most are dispatched soon. */
const keptBytesMax = 4 * 1024 * 1024;

/**
 * Inputs that the state knows by address only. Those folded last are kept, so that a task that is dispatched soon costs no
 * reading; the others are read from the log.
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

  /** Keeps what a frame brought that was just folded. */
  heard(state: PartitionState, { items }: Frame): void {
    for (const item of items) {
      if (!('input' in item) || item.input === undefined) continue;
      const address = state.runs.get(item.run)?.inputAt;
      if (address?.offset !== state.position - 1) continue;
      this.#kept.set(address, item.input);
      this.#keptBytes += address.bytes;
    }
    for (const address of this.#kept.keys()) {
      if (this.#keptBytes <= keptBytesMax) break;
      this.#kept.delete(address);
      this.#keptBytes -= address.bytes;
    }
  }

  /** The address of the attempt's input, where it has to be read first. */
  farOf({ run, task }: Attempt): EventAddress | undefined {
    return run.task(task).input === undefined && !this.#kept.has(run.inputAt!) ? run.inputAt : undefined;
  }

  /** The attempt's input, where `farOf` names no address. */
  nearOf({ run, task }: Attempt): Json | undefined {
    return run.task(task).input ?? run.input ?? (run.inputAt && this.#kept.get(run.inputAt));
  }

  /** By address. Throws what `ItemsOfLog.read` throws. */
  async read(addresses: readonly EventAddress[]): Promise<ReadonlyMap<EventAddress, Json | undefined>> {
    const items = await this.#items.read(this.#partition, addresses);
    return new Map([...items].map(([address, item]) => [address, 'input' in item ? item.input : undefined]));
  }
}

import { partitionOfRun, type Item, type Json } from '@millrace/domain';
import { unpackFarParents, type Delivery, type FarParent } from '@millrace/protocol';
import { LogUnavailable, OffsetOutOfRange, TopicMissing, type Clock, type ItemsOfLog } from '@millrace/runtime';
import { ParentResultLost, ParentResultsTooLarge, ParentResultsUnread } from './errors.js';

/** Results of parents of one attempt that are given at once; more are read while the handler asks for them. */
export const eagerBytesMax = 16 * 1024 * 1024;
/** Results that are read at a time. */
const groupBytesMax = 4 * 1024 * 1024;
const groupCountMax = 4_096;
/** A log that does not answer is asked so often, with a second between. */
const triesMax = 5;
const pauseMs = 1_000;

/** What reads references. */
export interface ResultSource {
  readonly items: ItemsOfLog;
  readonly clock: Clock;
}

const nobody = Object.freeze({});

/** Results of the parents of one attempt: those that its delivery carries, and those that it only refers to. */
export class ParentResults {
  readonly #delivery: Delivery;
  readonly #source: ResultSource | undefined;
  readonly #far: readonly FarParent[];
  /** Undefined until `gather` has read what is missing. */
  #all: { readonly [id: string]: Json } | undefined;

  constructor(delivery: Delivery, source: ResultSource | undefined) {
    this.#delivery = delivery;
    this.#source = source;
    this.#far = delivery.farParents === undefined ? [] : unpackFarParents(delivery.farParents);
    if (this.#far.length === 0) this.#all = this.#near;
  }

  /** Is there something that `gather` would read? */
  get areToGather(): boolean {
    return this.#all === undefined && this.#farBytes <= eagerBytesMax;
  }

  /** Throws `ParentResultsTooLarge` where references are over 16 MiB together. */
  get all(): { readonly [id: string]: Json } {
    if (this.#all === undefined) throw new ParentResultsTooLarge(this.#farBytes, eagerBytesMax);
    return this.#all;
  }

  /** The delivery with all results in it; undefined where they are too large for that. */
  get deliverable(): Delivery | undefined {
    if (this.#far.length === 0) return this.#delivery;
    if (this.#all === undefined) return undefined;
    const { farParents: _, ...rest } = this.#delivery;
    return { ...rest, parents: this.#all };
  }

  /** Reads everything, so that `all` gives it. Throws what `each` throws. */
  async gather(signal: AbortSignal): Promise<void> {
    const all = Object.entries(this.#near);
    for await (const found of this.#read(this.#far, signal)) all.push([...found]);
    this.#all = Object.fromEntries(all);
  }

  /**
   * Every result with its parent's id; holds at most 4 MiB of what it reads at a time. Throws the signal's reason,
   * `ParentResultsUnread` where the log does not answer, `ParentResultLost`.
   */
  async *each(signal: AbortSignal): AsyncGenerator<readonly [id: string, result: Json], void, undefined> {
    yield* Object.entries(this.#all ?? this.#near);
    if (this.#all === undefined) yield* this.#read(this.#far, signal);
  }

  /** The result of one parent; undefined where it has none. Throws what `each` throws. */
  async one(id: string, signal: AbortSignal): Promise<Json | undefined> {
    const known = this.#all ?? this.#near;
    if (Object.hasOwn(known, id)) return known[id];
    const found = this.#all === undefined ? this.#far.filter((parent) => parent.id === id) : [];
    for await (const [, result] of this.#read(found, signal)) return result;
    return undefined;
  }

  get #near(): { readonly [id: string]: Json } {
    return this.#delivery.parents ?? nobody;
  }

  get #farBytes(): number {
    return this.#far.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async *#read(parents: readonly FarParent[], signal: AbortSignal): AsyncGenerator<readonly [string, Json]> {
    for (const group of groupsOf(parents)) {
      const items = await this.#itemsAt(group, signal);
      for (const parent of group) yield [parent.id, this.#resultIn(items.get(parent), parent)];
    }
  }

  async #itemsAt(group: readonly FarParent[], signal: AbortSignal): Promise<ReadonlyMap<object, Item>> {
    const { run } = this.#delivery;
    if (this.#source === undefined) throw new ParentResultsUnread(run, undefined);
    const { items, clock } = this.#source;
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      try {
        return await items.read(partitionOfRun(run), group);
      } catch (cause) {
        if (cause instanceof OffsetOutOfRange) throw new ParentResultLost(run, group[0]!, cause);
        const mayAnswer = cause instanceof LogUnavailable || cause instanceof TopicMissing;
        if (!mayAnswer || tries >= triesMax) throw new ParentResultsUnread(run, cause);
      }
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }

  /** The record is whole, by its CRC32; that it is the right one, run, task and length say. */
  #resultIn(item: Item | undefined, parent: FarParent): Json {
    const { run } = this.#delivery;
    if (item !== undefined && 'outcome' in item && item.run === run && item.task === parent.task) {
      const result = item.outcome.kind === 'succeeded' ? item.outcome.result : undefined;
      if (result !== undefined && Buffer.byteLength(JSON.stringify(result)) === parent.bytes) return result;
    }
    throw new ParentResultLost(run, parent);
  }
}

function* groupsOf(parents: readonly FarParent[]): Generator<readonly FarParent[]> {
  let group: FarParent[] = [];
  let bytes = 0;
  for (const parent of parents) {
    if (group.length > 0 && (group.length >= groupCountMax || bytes + parent.bytes > groupBytesMax)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(parent);
    bytes += parent.bytes;
  }
  if (group.length > 0) yield group;
}

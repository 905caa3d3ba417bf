/** Items are taken together that come within this time of the first. */
const gatherMs = 5;

/** One item with its place among all, from 0. */
export interface Placed<Item> {
  readonly index: number;
  readonly item: Item;
}

/** Takes items from an iterable in groups: it never asks for the next one before the one before has come, nor for more than are wanted. */
export class ItemSource<Item> {
  readonly #iterator: Iterator<Item> | AsyncIterator<Item>;
  /** Asked for, and not come yet. */
  #next: Promise<IteratorResult<Item> | 'failed'> | undefined;
  #index = 0;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(items: Iterable<Item> | AsyncIterable<Item>) {
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** There is nothing more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Up to `max` items; none where there are no more, or where the first did not come within `waitMs`. Throws what the iterable throws, once those before are taken. */
  async take(max: number, waitMs: number): Promise<Placed<Item>[]> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const taken: Placed<Item>[] = [];
    let late = waitMs === Infinity ? undefined : timeOver(waitMs);
    while (taken.length < max && !this.#isOver) {
      this.#next ??= this.#askNext();
      const come = await (late === undefined ? this.#next : Promise.race([this.#next, late.over]));
      if (come === 'over') break;
      if (come === 'failed') {
        if (taken.length === 0) throw this.#failure!.error;
        break;
      }
      this.#next = undefined;
      if (come.done === true) this.#isOver = true;
      else taken.push({ index: this.#index++, item: come.value });
      if (taken.length !== 1) continue;
      late?.forget();
      late = timeOver(gatherMs);
    }
    late?.forget();
    return taken;
  }

  async #askNext(): Promise<IteratorResult<Item> | 'failed'> {
    try {
      return await this.#iterator.next();
    } catch (error) {
      this.#failure = { error };
      return 'failed';
    }
  }

  /** Tells the iterable that nothing more is wanted. Harmless twice. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
  }
}

function timeOver(ms: number): { readonly over: Promise<'over'>; forget(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<'over'>((resolve) => (timer = setTimeout(() => resolve('over'), ms)));
  return { over, forget: () => clearTimeout(timer) };
}

/** The last so many entries of a map: what came first is forgotten for one more. */
export class Recent<K, V> {
  readonly #entries = new Map<K, V>();
  #hasForgotten = false;

  constructor(private readonly max: number) {}

  /** Something was forgotten: what is not there may have been. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.max) return;
    this.#entries.delete(this.#entries.keys().next().value!);
    this.#hasForgotten = true;
  }
}

import { isMap, isPair, isScalar, LineCounter, parseDocument, type Node } from 'yaml';
import type { Steps } from './fault-path.js';

/** Both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where in a text of YAML or JSON a step leads. */
export class TextPlaces {
  readonly #lines = new LineCounter();
  readonly #document;

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, schema: 'core', stringKeys: true });
  }

  /** Of the first thing that makes the text no YAML. */
  get malformedAt(): Place | undefined {
    const [error] = this.#document.errors;
    return error === undefined ? undefined : this.#at(error.pos[0]);
  }

  /** Of the value that the steps lead to, or of the last one on the way that is there; with `key` of its key. */
  of(steps: Steps, what: 'key' | 'value' = 'value'): Place | undefined {
    for (let length = steps.length; length >= 0; length--) {
      const found = this.#find(steps.slice(0, length), what === 'key' && length === steps.length);
      if (found?.range !== null && found?.range !== undefined) return this.#at(found.range[0]);
    }
    return undefined;
  }

  #find(steps: Steps, isKey: boolean): Node | undefined {
    if (!isKey) return (steps.length === 0 ? this.#document.contents : this.#document.getIn(steps, true)) as Node;
    const parent = steps.length === 1 ? this.#document.contents : this.#document.getIn(steps.slice(0, -1), true);
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === steps.at(-1));
    return pair?.key as Node | undefined;
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

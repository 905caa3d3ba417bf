import type { Steps } from './fault-path.js';
import { TextPlaces, type Place } from './text-places.js';

/** Where steps lead in NDJSON: a first line with the name, then a task a line. */
export class LinePlaces {
  readonly #lines: readonly { readonly number: number; readonly text: string }[];

  constructor(text: string) {
    const lines = text.split('\n').map((line, index) => ({ number: index + 1, text: line }));
    this.#lines = lines.filter((line) => line.text.trim() !== '');
  }

  get malformedAt(): Place | undefined {
    for (const { number, text } of this.#lines) {
      const place = new TextPlaces(text).malformedAt;
      if (place !== undefined) return { line: number, column: place.column };
    }
    return undefined;
  }

  of(steps: Steps, what: 'key' | 'value' = 'value'): Place | undefined {
    const [first, index, ...rest] = steps;
    const isTask = first === 'tasks' && typeof index === 'number';
    const line = this.#lines[isTask ? index + 1 : 0];
    const place = line === undefined ? undefined : new TextPlaces(line.text).of(isTask ? rest : steps, what);
    return place === undefined ? undefined : { line: line!.number, column: place.column };
  }
}

import type { Draws } from './draws.ts';

/** One door that bytes from outside come through. */
export interface Target {
  readonly name: string;
  /** Of a thousand inputs. */
  readonly share: number;
  /** What is read one after the other, in one go; `inputs` of it count. The same draws give the same. */
  make(draws: Draws): { readonly chunks: readonly Uint8Array[]; readonly inputs: number };
  /** Reads them and throws where something is not as it should be. Typed refusals are caught; anything else goes through. */
  read(chunks: readonly Uint8Array[]): void;
}

/** What was read does not keep a promise. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
}

export function promise(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new PromiseBroken(sentence);
}

/** What every store can hold, and nobody's log is flooded with. */
export function isTellable(text: string, charsMax: number): boolean {
  return text !== '' && text.length <= charsMax && text.isWellFormed() && !text.includes('\0');
}

/** A line, counted from 1; without bytes where it is longer than allowed. */
export interface Line {
  readonly number: number;
  readonly bytes?: Uint8Array;
}

const newline = 0x0a;

/** Is there nothing on a line? */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** Cuts a stream of bytes into lines. Holds one line at most, and of one that is too long nothing. */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #isTooLong = false;
  #number = 1;

  constructor(private readonly lineBytesMax: number) {}

  /** The lines that this chunk ends. */
  *push(chunk: Uint8Array): Generator<Line> {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#add(chunk.subarray(from, end));
      yield this.#take();
      from = end + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /** What stands behind the last newline. */
  *end(): Generator<Line> {
    if (this.#bytes > 0 || this.#isTooLong) yield this.#take();
  }

  #add(part: Uint8Array): void {
    if (part.length === 0 || this.#isTooLong) return;
    this.#bytes += part.length;
    if (this.#bytes <= this.lineBytesMax) return void this.#parts.push(part);
    this.#isTooLong = true;
    this.#parts = [];
  }

  #take(): Line {
    const number = this.#number++;
    const line = this.#isTooLong ? { number } : { number, bytes: Buffer.concat(this.#parts) };
    this.#parts = [];
    this.#bytes = 0;
    this.#isTooLong = false;
    return line;
  }
}

import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { CommandFailed, exitCodes } from './output/exit-codes.js';

/** The lines of a file, or of standard input for `-`, as they come; `undefined` for one of over `charsMax`. Holds one line at most. */
export async function* linesOfFile(file: string, charsMax: number): AsyncGenerator<string | undefined> {
  const bytes = file === '-' ? process.stdin : createReadStream(file);
  try {
    yield* linesOf(bytes as AsyncIterable<Uint8Array>, charsMax);
  } catch (cause) {
    const isGone = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isGone ? 'there is none' : (cause as Error).message;
    const code = isGone ? exitCodes.notFound : exitCodes.failed;
    throw new CommandFailed(`Expected a file at ${file}, but ${reason}.`, code, { cause });
  }
}

/** Cuts UTF-8 into lines, wherever its chunks end. */
export async function* linesOf(
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  charsMax: number,
): AsyncGenerator<string | undefined> {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  let isTooLong = false;
  for await (const chunk of bytes) {
    const parts = decoder.write(Buffer.from(chunk)).split('\n');
    for (const [place, part] of parts.entries()) {
      if (place > 0) {
        yield isTooLong ? undefined : begun;
        begun = '';
        isTooLong = false;
      }
      isTooLong ||= begun.length + part.length > charsMax;
      begun = isTooLong ? '' : begun + part;
    }
  }
  begun += decoder.end();
  if (isTooLong || begun !== '') yield isTooLong ? undefined : begun;
}

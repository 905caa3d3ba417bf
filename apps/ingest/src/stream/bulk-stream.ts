import type { Readable } from 'node:stream';
import { JsonRefused, parseJson, problemBody, problemOf, ServiceProblem, type ProblemBody } from '@millrace/nest-kit';
import { limits, type ProblemCode } from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { type Asked, type ItemOrProblem, readItem, type Answer } from '@millrace/protocol/requests';
import type { Submission } from '../submit/submission.js';
import { watchIdle } from './watch-idle.js';
import { isBlank, LineSplitter, type Line } from './line-splitter.js';

/** Streams at the same time: each may hold a line, and what it submits. */
const streamsMax = 100;

/**
 * Submits a stream of items, one JSON a line, and answers each line by itself, in order. The next bytes are read when the lines of
 * those before are in the log and their answers are taken: memory is bounded by a line and a chunk, whatever the stream.
 */
export class BulkStreams {
  #open = 0;

  constructor(
    private readonly submission: Pick<Submission, 'submit'>,
    private readonly clock: Clock,
  ) {}

  /** Throws a 503 where as many streams are open as may be. The generator ends with the stream, or when it is closed. */
  answer(body: Readable, asked: Asked): AsyncGenerator<string> {
    if (this.#open >= streamsMax) {
      const detail = `Expected fewer than ${streamsMax} streams at once, but there are as many. Try again, or use another ingest.`;
      throw new ServiceProblem({ status: 503, code: 'streams-full', detail, retryAfterMs: 1_000 });
    }
    return this.#answer(body, asked);
  }

  async *#answer(body: Readable, asked: Asked): AsyncGenerator<string> {
    this.#open += 1;
    const splitter = new LineSplitter(limits.lineBytesMax);
    const watch = watchIdle(body, this.clock);
    try {
      for await (const chunk of body) {
        watch.pause();
        yield* this.#submit(splitter.push(chunk as Uint8Array), asked);
        watch.resume();
      }
      yield* this.#submit(splitter.end(), asked);
    } catch (error) {
      // A caller that goes away is no failure of ours; it sees nothing of this.
      if (!body.destroyed) throw error;
    } finally {
      watch.pause();
      this.#open -= 1;
    }
  }

  async *#submit(lines: Iterable<Line>, asked: Asked): AsyncGenerator<string> {
    let some: { number: number; read: ItemOrProblem }[] = [];
    for (const line of lines) {
      const read = readLine(line, asked);
      if (read === undefined) continue;
      some.push({ number: line.number, read });
      if (some.length < limits.bulkItemsMax) continue;
      yield await this.#answersOf(some);
      some = [];
    }
    if (some.length > 0) yield await this.#answersOf(some);
  }

  async #answersOf(some: readonly { number: number; read: ItemOrProblem }[]): Promise<string> {
    const answers = await this.submission.submit(some.map(({ read }) => read)).catch((error: unknown): Answer[] => {
      return some.map(({ read }) => ('problem' in read ? read : { problem: problemOf(error) }));
    });
    return some.map(({ number }, index) => `${JSON.stringify({ line: number, ...answers[index]! })}\n`).join('');
  }
}

/** Undefined for a line with nothing on it. */
function readLine({ bytes }: Line, asked: Asked): ItemOrProblem | undefined {
  if (bytes === undefined) {
    const detail = `Expected lines of at most ${limits.lineBytesMax} bytes, but this one is longer. Pass a reference to the data.`;
    return refused(413, 'line-too-long', detail);
  }
  if (isBlank(bytes)) return undefined;
  try {
    return readItem(parseJson(bytes), '', asked);
  } catch (error) {
    if (!(error instanceof JsonRefused)) return { problem: problemOf(error) };
    return refused(400, error.fault.code, error.fault.detail);
  }
}

function refused(status: number, code: ProblemCode, detail: string): { problem: ProblemBody } {
  return { problem: problemBody({ status, code, detail }) };
}

import type { Readable } from 'node:stream';
import { ServiceProblem, type ProblemFault } from '@millrace/nest-kit';
import { limits } from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { LineSplitter } from '../stream/line-splitter.js';
import { watchIdle } from '../stream/watch-idle.js';
import type { Registered, Registration } from './registration.js';
import { StreamedDefinition } from './streamed-definition.js';

/** Streams at the same time: each may hold a workflow of the largest size. */
const streamsMax = 2;

/**
 * Registers workflows that come as NDJSON. Nothing of one is written before its last line was read and the whole was found
 * valid, so a stream that breaks leaves nothing behind. What is held meanwhile is said at `StreamedDefinition`, and one line.
 */
export class WorkflowStreams {
  #open = 0;

  constructor(
    private readonly registration: Pick<Registration, 'write'>,
    private readonly bytesMax: number,
    private readonly clock: Clock,
  ) {}

  /** Throws a `ServiceProblem`: 400 or 422 with all faults and their lines, 413, 503. */
  async register(body: Readable): Promise<Registered> {
    if (this.#open >= streamsMax) {
      const detail = `Expected fewer than ${streamsMax} workflows to be streamed at once, but there are as many. Try again.`;
      throw new ServiceProblem({ status: 503, code: 'streams-full', detail, retryAfterMs: 1_000 });
    }
    this.#open += 1;
    try {
      const streamed = (await this.#read(body)).end();
      if ('faults' in streamed) throw refused(streamed.wrong, streamed.faults);
      return await this.registration.write(streamed.encoded, streamed.tasks);
    } finally {
      this.#open -= 1;
    }
  }

  async #read(body: Readable): Promise<StreamedDefinition> {
    const definition = new StreamedDefinition();
    const splitter = new LineSplitter(limits.workflowLineBytesMax);
    const watch = watchIdle(body, this.clock);
    let bytes = 0;
    try {
      // Not destroyed when it is left early: its caller is still to be answered.
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        watch.pause();
        bytes += (chunk as Uint8Array).length;
        if (bytes > this.bytesMax) throw tooLarge(this.bytesMax);
        for (const line of splitter.push(chunk as Uint8Array)) definition.add(line);
        if (definition.isOver) return definition;
        watch.resume();
      }
      for (const line of splitter.end()) definition.add(line);
      return definition;
    } catch (error) {
      throw body.destroyed && !(error instanceof ServiceProblem) ? broken(error) : error;
    } finally {
      watch.pause();
    }
  }
}

function refused(wrong: 'malformed' | 'invalid', faults: readonly ProblemFault[]): ServiceProblem {
  const sentences = faults.slice(0, 5).map(({ line, message }) => `line ${line}: ${message}`);
  const [status, code] =
    wrong === 'malformed' ? ([400, 'request-invalid'] as const) : ([422, 'workflow-invalid'] as const);
  return new ServiceProblem({ status, code, detail: sentences.join(' '), faults });
}

function tooLarge(bytesMax: number): ServiceProblem {
  const detail = `Expected a workflow of at most ${bytesMax} bytes, but it is longer. Split it, or raise MILLRACE_INGEST_WORKFLOW_STREAM_BYTES_MAX.`;
  return new ServiceProblem({ status: 413, code: 'body-too-large', detail });
}

/** Nobody may be there to read it. */
function broken(cause: unknown): ServiceProblem {
  const detail = 'Expected the workflow to its last line, but the stream broke. Nothing was registered: send it again.';
  return new ServiceProblem({ status: 400, code: 'stream-broken', detail, cause });
}

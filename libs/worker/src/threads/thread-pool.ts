import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Clock, Journal } from '@millrace/runtime';
import type { Piscina } from 'piscina';
import { FencingTokenUnclaimed } from '../errors.js';
import type { Handler, TaskContext } from '../handler.js';
import { ThreadDied, ThrownInThread } from './thread-errors.js';
import type { FromThread, GivenContext, ThreadCall, ThreadEnd, ToThread } from './thread-protocol.js';

export interface ThreadPoolOptions {
  /** At most so many handlers in threads at the same time; each thread holds a heap of its own. */
  readonly threads: number;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Node's options for the threads. Default: the process's, so that its loaders load the modules. */
  readonly execArgv?: readonly string[];
}

/** What was aborted may take this long to end by itself; then its thread is ended. */
const abortMs = 1_000;
/** By the package's name: what runs in a thread is always what was built. */
const entryFile = createRequire(import.meta.url).resolve('@millrace/worker/thread-entry');

/** Threads that run handlers of modules, one attempt each at a time. Begins none before the first attempt. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  #pool: Promise<Piscina<ThreadCall, ThreadEnd>> | undefined;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  /** A handler that runs the module's in a thread. A thread that dies fails the attempt that it ran, and no other. */
  handler(name: string, module: string): Handler<unknown> {
    return async (input, context) => {
      const end = await this.#run(name, module, input, context);
      if ('result' in end) return end.result;
      throw new ThrownInThread(end.thrown);
    };
  }

  /** Ends every thread. Tolerates being called twice. */
  async stop(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await (await pool)?.destroy();
  }

  async #run(name: string, module: string, input: unknown, context: TaskContext): Promise<ThreadEnd> {
    const { port1, port2: port } = new MessageChannel();
    const killing = new AbortController();
    let cancelKill = (): void => undefined;
    const abort = (): void => {
      const { reason } = context.signal as { reason: unknown };
      port1.postMessage({ abort: reason instanceof Error ? reason.message : String(reason) } satisfies ToThread);
      cancelKill = this.#options.clock.after(abortMs, () => killing.abort());
    };
    port1.on('message', (message: FromThread) => hear(message, context));
    context.signal.addEventListener('abort', abort, { once: true });
    try {
      const call = { module, name, input, context: givenOf(context), port };
      const pool = await (this.#pool ??= this.#begin());
      const end = await pool.run(call, { transferList: [port], signal: killing.signal });
      hearRest(port1, context);
      return end;
    } catch (cause) {
      throw new ThreadDied(name, cause);
    } finally {
      cancelKill();
      context.signal.removeEventListener('abort', abort);
      port1.close();
    }
  }

  /**
   * Between two attempts a thread does not block: what a module keeps open goes on living. All begin at once: with fewer at
   * least, Piscina puts none in the place of one that was ended, and what waits would wait for ever.
   */
  async #begin(): Promise<Piscina<ThreadCall, ThreadEnd>> {
    const { Piscina } = await import('piscina');
    const { threads, execArgv, journal } = this.#options;
    const pool = new Piscina<ThreadCall, ThreadEnd>({
      filename: pathToFileURL(entryFile).href,
      minThreads: threads,
      maxThreads: threads,
      ...(execArgv !== undefined && { execArgv: [...execArgv] }),
      atomics: 'disabled',
      recordTiming: false,
    });
    pool.on('error', (error: unknown) => journal.error({ error }, 'A thread for handlers failed.'));
    return pool;
  }
}

/** The end comes by another port: what the handler said right before it may be waiting still, its last checkpoint among it. */
function hearRest(port: MessagePort, context: TaskContext): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    hear((next as { message: FromThread }).message, context);
}

function hear(message: FromThread, context: TaskContext): void {
  if ('beat' in message) context.heartbeat(message.beat.details);
  else context.logger[message.level](message.fields as never, message.message);
}

/** Throws `ParentResultsTooLarge` where results of parents are over 16 MiB together. */
function givenOf(context: TaskContext): GivenContext {
  const { run, task, id, attempt, workflow, idempotencyKey } = context;
  const { checkpoint, traceparent, startToCloseMs, parentResults } = context;
  const fencingToken = fencingTokenOf(context);
  const own = { checkpoint, traceparent, startToCloseMs, parentResults, fencingToken };
  return { run, task, id, attempt, workflow, idempotencyKey, ...own };
}

function fencingTokenOf(context: TaskContext): number | undefined {
  try {
    return context.fencingToken;
  } catch (unclaimed) {
    if (unclaimed instanceof FencingTokenUnclaimed) return undefined;
    throw unclaimed;
  }
}

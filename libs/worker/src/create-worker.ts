import { fileURLToPath } from 'node:url';
import { chanceMax, queueDefault, queueNamePattern } from '@millrace/domain';
import { topicsOf } from '@millrace/protocol';
import type { Journal } from '@millrace/runtime';
import { AloneProcesses } from './alone/alone-processes.js';
import { deliveriesMax } from './credits.js';
import { connectCluster } from './connect-cluster.js';
import { workerOf } from './engine.js';
import { jsonLinesJournal } from './json-lines-journal.js';
import { systemClock } from './system-clock.js';
import { ThreadPool } from './threads/thread-pool.js';
import type { Worker } from './worker.js';

export interface WorkerOptions {
  /** `host:port`, several as a list or separated by commas. */
  readonly brokers: string | readonly string[];
  /** What all topic names begin with. Default `millrace`. */
  readonly prefix?: string;
  /** Workers with the same queues share the work of one group. Default `default` alone. */
  readonly queues?: readonly string[];
  /** Handlers that run at the same time. Default 100, for handlers that wait; with `threads` as many as those. */
  readonly slots?: number;
  /**
   * Threads for handlers that compute: `handle('resize-image', new URL('./resize-image.js', import.meta.url))` runs the module
   * in one of them. As many as there are cores to spare; each has a heap of its own. Default none. With more slots than
   * threads, what finds no thread waits in its slot while its start-to-close runs.
   */
  readonly threads?: number;
  /**
   * Tasks of one log partition that may be dispatched here ahead of their slots where tasks are short. Default 512: batches
   * stay large. Larger: what is dispatched waits here rather than where priority is decided. Smaller: more round trips.
   */
  readonly creditsMax?: number;
  /**
   * Inputs and results of parents in hand, waiting and running, as JSON in bytes; in memory they take some three times that.
   * From three quarters of it on the worker grants no credit, and beyond it hands back what comes. Default 64 MiB: 100 slots
   * of the largest inputs fit. Smaller: large inputs run fewer at a time. Results that are read from the log come on top, up
   * to 16 MiB for each handler that runs.
   */
  readonly inputBytesMax?: number;
  /** How long a drain lets handlers finish, in milliseconds. Default 30,000. */
  readonly drainMs?: number;
  /**
   * End the process (SIGKILL) where a handler has blocked its event loop until 20 s after an attempt's start-to-close: the
   * attempt was ended elsewhere by then, and nothing else in the process can go on. For processes that something starts
   * again. Default false.
   */
  readonly exitWhenHopeless?: boolean;
  /**
   * Modules that export this worker's handlers by name, as `default` or `handlers`: paths or file URLs. An attempt that may be
   * what ends its workers' processes is run alone in a child process that loads them: a handler that calls `process.exit`
   * or crashes then ends its task run and no worker. Without it such an attempt is claimed first and runs in this process,
   * and nothing beside it: the worker takes nothing else until it has ended.
   */
  readonly handlersModule?: string | URL | readonly (string | URL)[];
  /** Ids of this worker's incarnations begin with it. Default `worker`. */
  readonly name?: string;
  /** Default: JSON lines on standard output. */
  readonly journal?: Journal;
}

const threadsMax = 256;
const inputBytesDefault = 64 * 1024 * 1024;

/** An option that no worker can run with. */
export class WorkerOptionsInvalid extends Error {
  override readonly name = 'WorkerOptionsInvalid';
}

/**
 * A worker that serves handlers once it is started: `createWorker({ brokers }).handle('hello', async (input) => ...)`, then
 * `start()`. Connects to nothing before. Throws `WorkerOptionsInvalid`.
 */
export function createWorker(options: WorkerOptions): Worker {
  const { prefix = 'millrace', queues = [queueDefault], name = 'worker', journal = jsonLinesJournal } = options;
  const {
    threads,
    slots = threads ?? 100,
    creditsMax = 512,
    inputBytesMax = inputBytesDefault,
    drainMs = 30_000,
  } = options;
  const brokers = typeof options.brokers === 'string' ? options.brokers.split(',') : options.brokers;
  if (brokers.length === 0) throw invalid('brokers', 'at least one host:port', 'there is none');
  if (queues.length === 0) throw invalid('queues', 'at least one name', 'there is none');
  for (const queue of queues) {
    if (!queueNamePattern.test(queue)) throw invalid('queues', 'names of lower-case letters, digits and "-"', queue);
  }
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) throw invalid('name', '1 to 64 letters, digits, ".", "_" or "-"', name);
  for (const [option, value, least, most] of [
    ['threads', threads ?? 1, 1, threadsMax],
    ['slots', slots, 1, deliveriesMax],
    ['creditsMax', creditsMax, 1, 4_096],
    ['inputBytesMax', inputBytesMax, 1_048_576, 17_179_869_184],
    ['drainMs', drainMs, 0, 3_600_000],
  ] as const) {
    const fits = Number.isInteger(value) && value >= least && value <= most;
    if (!fits) throw invalid(option, `a whole number from ${least} to ${most}`, String(value));
  }
  const topics = topicsOf(prefix);
  const files = [options.handlersModule ?? []].flat().map(pathOf);
  const reach = { brokers: brokers.map((broker) => broker.trim()), prefix, topics, queues, journal };
  return workerOf({
    name,
    connect: connectCluster({ ...reach, exitWhenHopeless: options.exitWhenHopeless ?? false }),
    topics,
    slots,
    creditsMax,
    inputBytesMax,
    drainMs,
    alone: files.length === 0 ? undefined : new AloneProcesses({ files, clock: systemClock, journal }),
    threads: threads === undefined ? undefined : new ThreadPool({ threads, clock: systemClock, journal }),
    clock: systemClock,
    journal,
    draw: () => Math.floor(Math.random() * (chanceMax + 1)),
  });
}

function pathOf(module: string | URL): string {
  return module instanceof URL || module.startsWith('file:') ? fileURLToPath(module) : module;
}

function invalid(option: string, expected: string, found: string): WorkerOptionsInvalid {
  return new WorkerOptionsInvalid(`Expected ${option} to be ${expected}, but found: ${found}.`);
}

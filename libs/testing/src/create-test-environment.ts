import { readFile } from 'node:fs/promises';
import { queueDefault } from '@millrace/domain';
import type { RegisterWorkflow } from '@millrace/protocol';
import type { Journal } from '@millrace/runtime';
import { quietJournal } from '@millrace/runtime/in-memory';
import type { Handler, HandlerEntry, HandlerOptions } from '@millrace/worker';
import { parse } from 'yaml';
import { System } from './system.js';
import { TestEnvironment } from './test-environment.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what a handler takes is its own: it is checked by its schema, if by anything */
/** A handler as a worker serves it: a function, or one with its options. */
export type TestedHandler = Handler<any> | (HandlerOptions<any> & { readonly handler: Handler<any> });
/* eslint-enable @typescript-eslint/no-explicit-any */

export interface TestEnvironmentOptions {
  /** By name, as a worker serves them: functions, or `{ schema, claimFirst, handler }`. */
  readonly handlers: Readonly<Record<string, TestedHandler>>;
  /** Definitions; text of YAML or JSON; URLs of files that hold it. */
  readonly workflows?: readonly (RegisterWorkflow | string | URL)[];
  /** Beside `default` and those that the workflows name. */
  readonly queues?: readonly string[];
  /** When virtual time begins. Default 2026-01-01T00:00:00Z. */
  readonly startAt?: Date | string;
  /** All chance follows from it: the same seed, the same back-offs and ids. Default 1. */
  readonly seed?: number;
  /** Worker processes. Default 1. */
  readonly workers?: number;
  /** Handlers that run at the same time in each. Default 100. */
  readonly slots?: number;
  /**
   * Real milliseconds for which virtual time stands still while a handler awaits something and gives no sign of life. Default
   * 1,000: enough for what is local. A handler that hangs costs a test so much.
   */
  readonly patienceMs?: number;
  /** Where the engine's lines go. Default nowhere. */
  readonly journal?: Journal;
}

const startAtDefault = '2026-01-01T00:00:00Z';

/**
 * An environment with these handlers and workflows, ready: `const env = await createTestEnvironment({ handlers, workflows })`. Throws
 * `MillraceError` with all faults of a workflow, and `HandlerRefused`.
 */
export async function createTestEnvironment(options: TestEnvironmentOptions): Promise<TestEnvironment> {
  const { startAt = startAtDefault, seed = 1, workers = 1, slots = 100, patienceMs = 1_000 } = options;
  const workflows = await Promise.all((options.workflows ?? []).map(readWorkflow));
  const queues = [...new Set([queueDefault, ...(options.queues ?? []), ...workflows.flatMap(queuesOf)])];
  const system = new System({
    ...{ seed, queues, workers, slots, patienceMs },
    startAtMs: new Date(startAt).getTime(),
    handlers: new Map<string, HandlerEntry>(Object.entries(options.handlers)),
    journal: options.journal ?? quietJournal(),
  });
  await system.start();
  const environment = new TestEnvironment(system);
  for (const workflow of workflows) await environment.client.registerWorkflow(workflow);
  return environment;
}

async function readWorkflow(given: RegisterWorkflow | string | URL): Promise<RegisterWorkflow> {
  if (given instanceof URL) return readWorkflow(await readFile(given, 'utf8'));
  return typeof given === 'string' ? (parse(given) as RegisterWorkflow) : given;
}

/** Those that it names, whatever else may be wrong with it. */
function queuesOf(workflow: RegisterWorkflow): string[] {
  const tasks: readonly { queue?: string }[] = Array.isArray(workflow?.tasks) ? workflow.tasks : [];
  return tasks.flatMap(({ queue }) => (typeof queue === 'string' ? [queue] : []));
}

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startLocalSystem } from './local-system.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a system whose workers serve the examples' handlers. */
    millraceUrl: string;
    /** A Postgres address; for the examples that of the system's own. */
    databaseUrl: string;
    /** `host:port` of the broker. */
    kafkaBrokers: string;
  }
}

const examples = join(import.meta.dirname, '..', '..', 'examples');

/** Gives the examples' specs one running system, as `millrace up` makes it, with the handlers of all examples. */
export default async function exampleSystem(project: TestProject): Promise<() => Promise<void>> {
  const system = await startLocalSystem({
    replicas: { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 2 },
    // Where the machine has much else to do, a verdict takes its time; what the programs print depends on it.
    envOf: { ingest: { MILLRACE_INGEST_VERDICT_MS: '20000', MILLRACE_INGEST_COMMAND_VERDICT_MS: '20000' } },
    handlers: readdirSync(examples)
      .map((name) => join(examples, name, 'dist', 'handlers.js'))
      .filter(existsSync),
  });
  project.provide('millraceUrl', system.apiUrl);
  project.provide('databaseUrl', system.databaseUrl);
  project.provide('kafkaBrokers', system.brokers);
  return () => system.stop();
}

import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startLocalSystem } from './local-system.js';

const examples = ['01-first-task', '02-etl'];
const one = { ingest: 1, dispatcher: 1, projector: 1, query: 1 } as const;

/** Starts one system whose workers serve the handlers of all examples, as `millrace up` would, and tells specs where it is. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const handlers = examples.map((name) =>
    fileURLToPath(new URL(`../../examples/${name}/dist/handlers.js`, import.meta.url)),
  );
  const system = await startLocalSystem({ handlers, replicas: one });
  project.provide('millraceUrl', system.apiUrl);
  project.provide('databaseUrl', system.databaseUrl);
  return () => system.stop();
}

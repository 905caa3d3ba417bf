import document from '@millrace/protocol/openapi.json' with { type: 'json' };
import { expect, it } from 'vitest';
import { commandNodes } from './completion/command-tree.js';
import { wholeProgram } from './program.js';

/** The command by which each operation of the API is reached. A new operation needs one. */
const commands: Readonly<Record<string, string>> = {
  submitRun: 'run submit',
  submitTask: 'task submit',
  submitBulk: 'run stream',
  listRuns: 'run list',
  getRun: 'run show',
  listTaskRuns: 'run tasks',
  tailRun: 'run watch',
  cancelRun: 'run cancel',
  pauseRun: 'run pause',
  resumeRun: 'run resume',
  setRunPriority: 'run priority',
  registerWorkflow: 'workflow apply',
  listWorkflows: 'workflow list',
  getWorkflow: 'workflow show',
  listWorkers: 'worker list',
  drainWorker: 'worker drain',
  listQueues: 'queue list',
  listPartitions: 'partition list',
  getFreshness: 'partition freshness',
  listQuarantine: 'quarantine list',
  getRules: 'rules',
  querySql: 'sql',
};

const operations = Object.values(document.paths).flatMap((path) =>
  Object.values(path as Readonly<Record<string, { readonly operationId: string }>>).map(
    ({ operationId }) => operationId,
  ),
);

it('has a command for each operation of the API', async () => {
  const missing = operations.filter((operation) => !Object.hasOwn(commands, operation));
  expect(missing).toEqual([]);
  const paths = new Set(commandNodes(await wholeProgram()).map(({ path }) => path));
  expect(Object.entries(commands).filter(([, path]) => !paths.has(path))).toEqual([]);
});

it('names no operation that the API has not', () => {
  expect(Object.keys(commands).filter((operation) => !operations.includes(operation))).toEqual([]);
});

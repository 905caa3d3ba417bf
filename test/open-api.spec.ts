import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { breakingChanges, type ApiDocument } from './support/open-api/breaking-changes.ts';
import { describeWholeApi } from './support/open-api/whole-api.ts';

const written = fileURLToPath(new URL('../libs/protocol/openapi.json', import.meta.url));
const released = fileURLToPath(new URL('../docs/api/openapi-v1.json', import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as ApiDocument;

it('libs/protocol/openapi.json is what the services say of themselves (UPDATE_DOCS=1 rewrites it)', async () => {
  const text = `${JSON.stringify(await describeWholeApi(), null, 2)}\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(written, text);
  expect(readFileSync(written, 'utf8')).toBe(text);
});

it('libs/client/src/generated is what the generator makes of it (UPDATE_DOCS=1 rewrites it)', () => {
  const generator = fileURLToPath(new URL('support/open-api/generate-client.mjs', import.meta.url));
  const files = JSON.parse(execFileSync(process.execPath, [generator, written], { encoding: 'utf8' })) as Record<
    string,
    string
  >;
  for (const [name, text] of Object.entries(files)) {
    const path = fileURLToPath(new URL(`../libs/client/src/generated/${name}`, import.meta.url));
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, text);
    expect(readFileSync(path, 'utf8'), path).toBe(text);
  }
}, 60_000);

it('each operation is called by the client', () => {
  const client = readFileSync(new URL('../libs/client/src/client.ts', import.meta.url), 'utf8');
  const tail = readFileSync(new URL('../libs/client/src/tail-run.ts', import.meta.url), 'utf8');
  const operations = Object.values(read(written).paths).flatMap((item) => Object.values(item));
  const called = (name = ''): boolean => client.includes(`api.${name}(`) || tail.includes(`{ ${name} as`);
  expect(operations.map(({ operationId }) => operationId).filter((name) => !called(name))).toEqual([]);
});

it('breaks nobody who was written to the last release (RELEASE_API=1 makes today that release)', () => {
  if (process.env['RELEASE_API'] === '1') copyFileSync(written, released);
  expect(breakingChanges(read(released), read(written))).toEqual([]);
});

/** What a careless change would do to the document, and what is said of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is cut into by hand
const careless: [what: string, change: (document: any) => void, said: string][] = [
  ['an operation', ({ paths }) => delete paths['/v1/runs'].get, 'GET /v1/runs: the operation is gone'],
  ['a name', ({ paths }) => (paths['/v1/runs'].get.operationId = 'runs'), 'GET /v1/runs: it was named listRuns'],
  [
    'a filter',
    ({ paths }) => paths['/v1/quarantine'].get.parameters.pop(),
    'GET /v1/quarantine: parameter cause is gone',
  ],
  [
    'a member of an answer',
    ({ components }) => delete components.schemas.RunView.properties.endedAt,
    'GET /v1/runs 200 application/json/runs/items: member endedAt is gone',
  ],
  [
    'a member of a request',
    ({ components }) => delete components.schemas.SubmitTask.properties.band,
    'POST /v1/tasks application/json: member band is gone',
  ],
  [
    'a type of an answer',
    ({ components }) => (components.schemas.RunView.properties.taskCount.type = 'string'),
    'GET /v1/runs 200 application/json/runs/items/taskCount: type was integer, is string',
  ],
  [
    'an optional member that becomes required',
    ({ components }) => components.schemas.SubmitTask.required.push('queue'),
    'POST /v1/tasks application/json: member queue is required now',
  ],
  [
    'a value of an enum',
    ({ paths }) =>
      paths['/v1/runs'].get.parameters.find(({ name }: { name: string }) => name === 'status').schema.enum.pop(),
    'GET /v1/runs status: the value "timed_out" is gone',
  ],
  [
    'a bound',
    ({ components }) => (components.schemas.SubmitTask.properties.idempotencyKey.maxLength = 10),
    'POST /v1/tasks application/json/idempotencyKey: maxLength is tighter',
  ],
  [
    'an answer that may be null now',
    ({ components }) => (components.schemas.RunView.properties.status.nullable = true),
    'GET /v1/runs 200 application/json/runs/items/status: null differs',
  ],
];
it.each(careless)('finds that %s is taken away', (_what, change, said) => {
  const after = structuredClone(read(written));
  change(after);
  expect(breakingChanges(read(written), after)).toContain(said);
});

it('lets operations, members and filters be added', () => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  const after = structuredClone(read(written)) as any;
  after.paths['/v1/new'] = after.paths['/v1/rules'];
  after.components.schemas.RunView.properties.more = { type: 'string' };
  after.components.schemas.SubmitTask.properties.more = { type: 'string' };
  after.paths['/v1/runs'].get.parameters.push({ name: 'more', in: 'query', schema: { type: 'string' } });
  expect(breakingChanges(read(written), after)).toEqual([]);
});

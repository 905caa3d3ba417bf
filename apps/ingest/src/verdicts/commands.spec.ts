import type { DispatchLoop } from '@millrace/runtime';
import { afterEach, expect, it } from 'vitest';
import { givenDispatcher } from '../testing/given-dispatcher.js';
import { givenIngest, givenServer, type Answer, type GivenIngest } from '../testing/given-ingest.js';

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

const unknown = `0001${'0'.repeat(32)}`;
const hurried = { MILLRACE_INGEST_COMMAND_VERDICT_MS: '30' };

async function given(env: NodeJS.ProcessEnv = {}): Promise<GivenIngest> {
  const ingest = await givenIngest({ env });
  closing.push(() => ingest.close());
  return ingest;
}
async function dispatched(ingest: GivenIngest): Promise<DispatchLoop> {
  const loop = await givenDispatcher(ingest.log);
  closing.push(() => loop.stop());
  return loop;
}
/** What stands behind ingest: says of each run what `statuses` does, and remembers what it was asked. */
async function givenReads(statuses: Readonly<Record<string, string>>): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = await givenServer((request, response) => {
    asked.push(request.url!);
    const status = statuses[request.url!.split(/[/?]/)[3]!];
    response.writeHead(status === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === undefined ? { code: 'run-unknown' } : { tasks: [], runStatus: status }));
  });
  closing.push(() => new Promise((resolve) => void server.close(resolve).closeAllConnections()));
  return { url: server.url, asked };
}
const submitted = async (ingest: GivenIngest): Promise<string> =>
  (await ingest.ask('POST', '/v1/tasks', { handler: 'h', delayMs: 3_600_000 })).body.run;
const command = (ingest: GivenIngest, run: string, verb: string, body: object = {}, more = {}): Promise<Answer> =>
  ingest.ask('POST', `/v1/runs/${run}/${verb}`, body, undefined, more);
const shown = ({ status, body }: Answer): unknown[] => [status, body.verdict ?? body.code];

it('is answered with what the log made of it: accepted, or unchanged where it is so already', async () => {
  const ingest = await given();
  await dispatched(ingest);
  const run = await submitted(ingest);
  expect(shown(await command(ingest, run, 'pause'))).toEqual([202, 'accepted']);
  expect(shown(await command(ingest, run, 'pause'))).toEqual([200, 'unchanged']);
  expect(shown(await command(ingest, run, 'resume'))).toEqual([202, 'accepted']);
  expect(shown(await command(ingest, run, 'resume'))).toEqual([200, 'unchanged']);
  expect(shown(await command(ingest, run, 'priority', { band: 'high' }))).toEqual([202, 'accepted']);
  const elsewhere = await command(ingest, run, 'priority', { band: 'high', task: 7 });
  expect([...shown(elsewhere), elsewhere.headers['content-type']]).toEqual([
    404,
    'task-unknown',
    expect.stringContaining('application/problem+json'),
  ]);
  expect(shown(await command(ingest, run, 'cancel'))).toEqual([202, 'accepted']);
});

it('of a run that does not go on is answered by how reads say that it stands at that position', async () => {
  const [before, over, gone] = [`0000${'a'.repeat(32)}`, `0000${'b'.repeat(32)}`, `0000${'c'.repeat(32)}`];
  const reads = await givenReads({ [before]: 'cancelled', [over]: 'succeeded', [gone]: 'running' });
  const ingest = await given({ MILLRACE_QUERY_URL: reads.url });
  await dispatched(ingest);
  const again = await command(ingest, before, 'cancel');
  expect(shown(again)).toEqual([200, 'unchanged']);
  const { partition, offset } = again.body.position;
  expect(reads.asked).toEqual([`/v1/runs/${before}/tasks?limit=1&waitFor=${partition}:${offset}&waitMs=2000`]);
  expect(shown(await command(ingest, before, 'pause'))).toEqual([409, 'run-ended']);
  const late = await command(ingest, over, 'cancel');
  expect(shown(late)).toEqual([409, 'run-ended']);
  expect(late.body.detail).toMatch(/^Expected a run that goes on, but .+ had ended: succeeded\. .+Submit it again/);
  const never = await command(ingest, unknown, 'resume');
  expect(shown(never)).toEqual([404, 'run-unknown']);
  expect(never.body.detail).toContain('GET /v1/runs');
  expect(shown(await command(ingest, gone, 'priority', { band: 1 }))).toEqual([409, 'run-not-running']);
});

it('says that it does not know which where reads do not answer', async () => {
  const silent = await givenServer(() => {});
  closing.push(() => new Promise((resolve) => void silent.close(resolve).closeAllConnections()));
  const ingest = await given({ MILLRACE_QUERY_URL: silent.url, ...hurried });
  await dispatched(ingest);
  await ingest.until(async () => (await command(ingest, unknown, 'cancel')).body.code === 'run-not-running');
  const answer = await command(ingest, unknown, 'cancel', {}, { prefer: 'respond-async' });
  expect([...shown(answer), answer.headers['preference-applied']]).toEqual([202, undefined, 'respond-async']);
});

it('is pending while nobody owns its partition, and the log keeps it', async () => {
  const ingest = await given(hurried);
  const run = await submitted(ingest);
  expect(shown(await command(ingest, run, 'pause'))).toEqual([202, 'pending']);
  await dispatched(ingest);
  await ingest.until(async () => (await command(ingest, run, 'pause')).body.verdict === 'unchanged');
});

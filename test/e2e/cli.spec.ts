import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@millrace/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runMillrace, startMillrace, type CommandResult, type RunningCommand } from '../support/millrace-command.js';

const handlers = `export const handlers = {
  double: async ({ n }) => ({ n: n * 2 }),
  fail: async () => { throw new Error('no luck'); },
};
`;
const workflow = `name: sums
tasks:
  - id: first
    handler: double
  - id: second
    handler: double
    dependsOn: [first]
    input: { n: 21 }
`;
const failing = `name: unlucky
tasks:
  - id: only
    handler: fail
    retry: { failuresMax: 1 }
`;

let folder: string;
let up: RunningCommand;
let env: NodeJS.ProcessEnv;

const start = (): RunningCommand =>
  startMillrace([
    ...['up', '--data-dir', join(folder, 'data'), '--partitions', '2', '--workers', '1', '--port', '18470'],
    ...['--handlers', join(folder, 'handlers.mjs'), '-o', 'json'],
  ]);

/** Resolves with the coordinates when the system is ready. */
async function ready(command: RunningCommand): Promise<NodeJS.ProcessEnv> {
  const deadEnd = command.ended.then(({ stderr }) => Promise.reject(new Error(stderr)));
  const came = vi.waitFor(() => expect(command.stdout()).toContain('\n'), { timeout: 120_000, interval: 50 });
  await Promise.race([came, deadEnd]);
  const { apiUrl } = JSON.parse(command.stdout());
  const { brokers, databaseUrl } = JSON.parse(readFileSync(join(folder, 'data', 'system.json'), 'utf8'));
  return { MILLRACE_URL: apiUrl, MILLRACE_KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl };
}

function cli(...args: string[]): Promise<CommandResult> {
  return runMillrace(args, env);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  writeFileSync(join(folder, 'handlers.mjs'), handlers);
  writeFileSync(join(folder, 'sums.yaml'), workflow);
  writeFileSync(join(folder, 'unlucky.yaml'), failing);
  up = start();
  env = await ready(up);
});

afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.ended;
  rmSync(folder, { recursive: true, force: true });
});

it('follows a run through pause, resume and cancel, and on the command line as lines of JSON', async () => {
  const client = createClient({ url: env['MILLRACE_URL']! });
  const { run, position } = await client.submitTask({ handler: 'double', input: { n: 1 }, delayMs: 3_600_000 });
  const heard: string[] = [];
  for await (const event of client.tailRun(run, { waitFor: position })) {
    if (event.kind === 'task') heard.push(`task ${event.task.status}`);
    else heard.push(event.run.pausedAt === null ? event.run.status : 'paused');
    if (event.kind === 'task' && event.task.status === 'scheduled') await client.pauseRun(run);
    else if (heard.at(-1) === 'paused') await client.resumeRun(run);
    else if (heard.includes('paused') && heard.at(-1) === 'running') await client.cancelRun(run);
  }
  expect(heard).toEqual(['running', 'task scheduled', 'paused', 'running', 'task cancelled', 'cancelled']);
  const { code, stdout } = await cli('run', 'watch', run);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string });
  expect([code, lines.map(({ kind }) => kind)]).toEqual([7, ['task', 'run']]);
  expect((await cli('run', 'watch', `0000${'0'.repeat(32)}`)).code).toBe(3);
});

it('finds nothing wrong in a system that is well, and every service ready', async () => {
  const services = Object.values(JSON.parse(readFileSync(join(folder, 'data', 'system.json'), 'utf8')).urls).join(',');
  const { code, stdout } = await cli('doctor', '--services', services, '-o', 'json');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { state: string }[] };
  expect([code, ok, checks.filter(({ state }) => state === 'fail')]).toEqual([0, true, []]);
});

it('registers a workflow, runs it, waits for it, and shows it with its tasks', async () => {
  expect(await cli('workflow', 'apply', join(folder, 'sums.yaml'))).toMatchObject({ code: 0 });
  const { code, stdout } = await cli('run', 'submit', 'sums', '--input', '{"n":1}', '--wait', '-o', 'json');
  const { run, tasks } = JSON.parse(stdout);
  expect([code, run.status, tasks.map(({ result }: { result: unknown }) => result)]).toEqual([
    0,
    'succeeded',
    [{ n: 2 }, { n: 42 }],
  ]);
  const shown = await cli('run', 'show', run.id);
  expect(shown.stdout).toMatch(/first +succeeded +double +1 .*\nsecond +succeeded +double +1 /);
  expect(shown.stdout).toMatch(/┃ ✓ first .*┃\n.*┳.*\n +│\n.*┻.*\n *┃ ✓ second /);
  expect(shown.stdout).toMatch(/^Critical path .*\n {2}first .* -> second /m);
  const listedTasks = (await cli('run', 'tasks', run.id, '--status', 'succeeded', '-o', 'jsonl')).stdout.trim();
  expect(listedTasks.split('\n').map((line) => JSON.parse(line).id)).toEqual(['first', 'second']);
  expect(JSON.parse((await cli('partition', 'freshness', '-o', 'json')).stdout).partitions).not.toEqual([]);
  const levels = await cli('workflow', 'show', 'sums');
  expect(levels.stdout).toMatch(
    /^sums {2}[0-9a-f]{64}\n2 tasks, 1 edges, 2 levels.*\nCritical path of 2: first -> second\n/,
  );
  const shape = JSON.parse((await cli('workflow', 'show', run.version.slice(0, 12), '-o', 'json')).stdout);
  expect([shape.name, shape.version, shape.levels.count]).toEqual(['sums', run.version, 2]);
  const listed = JSON.parse((await cli('run', 'list', '--workflow', 'sums', '-o', 'json')).stdout);
  expect(listed.runs.map(({ id }: { id: string }) => id)).toEqual([run.id]);
});

it('ends with 7 where the run that it waited for failed', async () => {
  await cli('workflow', 'apply', join(folder, 'unlucky.yaml'));
  const { code, stdout } = await cli('run', 'submit', 'unlucky', '--wait');
  expect(code).toBe(7);
  expect(stdout).toContain('no luck');
});

it('pauses a run, lets it go on and cancels it, each as often as asked', async () => {
  const submitted = await cli('task', 'submit', 'double', '--delay-ms', '3600000', '-o', 'json');
  const { run } = JSON.parse(submitted.stdout);
  for (const _twice of [1, 2]) {
    const paused = await cli('run', 'pause', run);
    expect(paused).toMatchObject({ code: 0, stdout: expect.stringMatching(`^Run ${run} is paused since .+\n$`) });
  }
  expect((await cli('run', 'show', run)).stdout).toContain('Paused');
  for (const _twice of [1, 2])
    expect(await cli('run', 'resume', run)).toMatchObject({ code: 0, stdout: `Run ${run} goes on.\n` });
  for (const _twice of [1, 2])
    expect(await cli('run', 'cancel', run)).toMatchObject({ code: 0, stdout: `Run ${run} is cancelled.\n` });
});

it('changes the priority of what waits, and shows it in its queue and band', async () => {
  const { run } = JSON.parse((await cli('task', 'submit', 'nobody', '--band', 'low', '-o', 'json')).stdout);
  expect(await cli('run', 'priority', run, 'high')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is high now'),
  });
  expect(await cli('run', 'priority', run, '4', '--task', '0')).toMatchObject({ code: 0 });
  const { tasks } = JSON.parse((await cli('run', 'show', run, '-o', 'json')).stdout);
  expect(tasks.map(({ band }: { band: string }) => band)).toEqual(['high']);
  const listed = async (): Promise<{ waiting: number; oldestAt: string | null } | undefined> => {
    const { queues } = JSON.parse((await cli('queue', 'list', '-o', 'json')).stdout);
    const queue = queues.find(({ queue: name }: { queue: string }) => name === 'default');
    return queue?.bands.find(({ band }: { band: string }) => band === 'high');
  };
  await vi.waitFor(async () => expect(await listed()).toMatchObject({ waiting: 1 }), {
    timeout: 30_000,
    interval: 200,
  });
  expect((await cli('queue', 'list')).stdout).toMatch(/^QUEUE .*\ndefault +high +1 /);
  expect(await cli('run', 'priority', run, 'urgent')).toMatchObject({ code: 2, stdout: '' });
  expect(await cli('run', 'priority', run, 'low', '--task', 'none')).toMatchObject({ code: 3, stdout: '' });
  await cli('run', 'cancel', run);
  expect(await cli('run', 'priority', run, 'low')).toMatchObject({ code: 5, stdout: '' });
  for (const nobody of [`0000${'0'.repeat(32)}`, 'abc'])
    expect(await cli('run', 'priority', nobody, 'low')).toMatchObject({ code: 3, stdout: '' });
});

it.each(['cancel', 'pause', 'resume'])(
  'says of a run that is not there, or has ended, that it cannot %s it',
  async (verb) => {
    const { run } = JSON.parse((await cli('task', 'submit', 'double', '--input', '{"n":4}', '-o', 'json')).stdout);
    await cli('run', 'wait', run);
    const late = await cli('run', verb, run);
    expect(late).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('had ended: succeeded') });
    for (const nobody of [`0000${'0'.repeat(32)}`, `ffff${'0'.repeat(32)}`, 'abc']) {
      const stderr = expect.stringMatching(/Expected (run .+ but it was never requested|the id of a run)/);
      expect(await cli('run', verb, nobody)).toMatchObject({ code: 3, stdout: '', stderr });
    }
  },
);

it('streams a file line by line, tells what was refused, and finds runs by their key', async () => {
  const file = join(folder, 'many.ndjson');
  const items = Array.from({ length: 2_000 }, (_, n) => JSON.stringify({ handler: 'double', input: { n } }));
  const keyed = JSON.stringify({ handler: 'double', input: { n: 1 }, idempotencyKey: 'streamed 1' });
  writeFileSync(file, [...items, '', keyed, '{"handler":', keyed, 'x'.repeat(1_100_000)].join('\n'));
  const { code, stdout, stderr } = await cli('run', 'stream', file, '-o', 'jsonl');
  const lines = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  expect([code, lines.length]).toEqual([1, 2_004]);
  expect(stderr).toContain('2 were refused');
  const refused = lines.filter(({ problem }) => problem).sort((one, other) => one.line - other.line);
  expect(refused.map(({ line, problem }) => [line, problem.code])).toEqual([
    [2_003, 'json-malformed'],
    [2_005, 'line-too-long'],
  ]);
  const of = (number: number) => lines.find(({ line }) => line === number).run;
  expect(of(2_002)).toBe(of(2_004));
  await cli('run', 'wait', of(2_002));
  const found = await cli('run', 'list', '--idempotency-key', 'streamed 1', '-o', 'json');
  expect(JSON.parse(found.stdout).runs).toMatchObject([{ id: of(2_002), idempotencyKey: 'streamed 1' }]);
  writeFileSync(file, items.slice(0, 3).join('\n'));
  expect(await cli('run', 'stream', file)).toMatchObject({ code: 0, stdout: '3 submitted.\n' });
  expect(await cli('run', 'stream', join(folder, 'nothing'))).toMatchObject({ code: 3, stdout: '' });
});

it('reads the projection with SQL and the log with its addresses', async () => {
  const submitted = JSON.parse((await cli('task', 'submit', 'double', '--input', '{"n":4}', '-o', 'json')).stdout);
  await cli('run', 'wait', submitted.run);
  const sql = await cli('sql', `SELECT status FROM runs WHERE id = '${submitted.run}'`);
  expect(JSON.parse(sql.stdout)).toEqual([{ status: 'succeeded' }]);
  const log = await cli('log', 'tail', '--run', submitted.run, '-o', 'jsonl');
  const items = log.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(items.map(({ item }) => item.type)).toEqual(['RunRequested', 'TasksDispatched', 'TaskFinished']);
  expect(items[0].address).toMatch(new RegExp(`^${submitted.position.partition}:[0-9]+:[0-9]+$`));
});

it('shows workers, partitions, rules, quarantine, topics and migrations', async () => {
  const { workers } = JSON.parse((await cli('worker', 'list', '-o', 'json')).stdout);
  expect(workers.map(({ handlers: names }: { handlers: string[] }) => names.sort())).toEqual([['double', 'fail']]);
  const shown = JSON.parse((await cli('partition', 'list', '-o', 'json')).stdout);
  expect(shown.stale).toBe(false);
  for (const { log, owner, projection, lag, halted } of shown.partitions) {
    expect([Number(log.start), owner.epoch > 0, owner.rules, halted]).toEqual([0, true, 1, []]);
    const { entries, accepted, rejected, quarantined } = projection;
    expect(Number(entries)).toBe(Number(accepted) + Number(rejected) + Number(quarantined));
    expect([lag.owner, lag.projection].every((each: string) => Number(each) >= 0)).toBe(true);
  }
  expect(shown.partitions).toHaveLength(2);
  expect((await cli('partition', 'list')).stdout).toMatch(
    /^PARTITION +LOG +OWNER .*\n0 +0\.\.\d+ +dispatcher-.* owned\n/,
  );
  expect((await cli('rules')).stdout).toMatch(/^RULES +PARTITIONS\n1 +0, 1\n[^]*Rules 1 are the newest/);
  const raised = await cli('rules', 'advance', '-o', 'json');
  expect(raised).toMatchObject({ code: 5, stdout: '' });
  expect(raised.stderr).toContain('Nothing can be raised. Rules 1 are the newest');
  expect(await cli('quarantine', 'list')).toMatchObject({ code: 0, stdout: 'Nothing is quarantined.\n' });
  expect(await cli('quarantine', 'show', '0:0:0')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('is an event'),
  });
  expect(await cli('quarantine', 'show', '0:99999999:0')).toMatchObject({ code: 3 });
  expect(await cli('quarantine', 'show', 'here')).toMatchObject({ code: 2 });
  expect(await cli('topics', 'plan', '--partitions', '2')).toMatchObject({ code: 0 });
  expect(await cli('topics', 'plan', '--partitions', '3')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Expected topic millrace.log to have 3 partitions, but found 2.'),
  });
  expect(await cli('migrate', '--status')).toMatchObject({ code: 0, stdout: expect.stringContaining('applied') });
});

it.each([
  ['a run that is not there', ['run', 'show', `0000${'0'.repeat(32)}`], 3],
  ['a workflow that nobody registered', ['run', 'submit', 'nobody'], 3],
  ['input that is no JSON', ['task', 'submit', 'double', '--input', '{'], 2],
  ['an API that does not answer', ['run', 'list', '--url', 'http://127.0.0.1:18999'], 6],
])('tells %s in one sentence on standard error, by its exit code', async (_what, args, code) => {
  const result = await cli(...args);
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^Expected .+, but:? .+\n$/) });
});

it('says in one sentence that a folder is in use', async () => {
  const second = await start().ended;
  expect(second).toMatchObject({ code: 5, stdout: '' });
  expect(second.stderr).toContain('is in use by process');
});

it('stops in order at Ctrl-C, also when it comes twice, and starts again with its data', async () => {
  const { runs } = JSON.parse((await cli('run', 'list', '-o', 'json')).stdout);
  up.child.kill('SIGINT');
  up.child.kill('SIGINT');
  expect(await up.ended).toMatchObject({ code: 0 });
  up = start();
  env = await ready(up);
  const again = JSON.parse((await cli('run', 'list', '-o', 'json')).stdout);
  expect(again.runs).toEqual(runs);
});

it('starts again after all of it was killed', async () => {
  up.child.kill('SIGKILL');
  await up.ended;
  up = start();
  env = await ready(up);
  expect(await cli('run', 'submit', 'sums', '--input', '{"n":1}', '--wait')).toMatchObject({ code: 0 });
});

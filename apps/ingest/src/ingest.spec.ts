import { canonicalJson, partitionOfRun, type WorkflowDefinition } from '@millrace/domain';
import { encodeWorkflow, workflowRecords } from '@millrace/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { birth, givenIngest, givenServer, partitions, topics, type GivenIngest } from './testing/given-ingest.js';

const etl: WorkflowDefinition = {
  name: 'etl',
  tasks: [
    { id: 'extract', handler: 'etl.extract' },
    { id: 'load', handler: 'etl.load', dependsOn: ['extract'], band: 4 },
  ],
};

let open: GivenIngest[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});
async function given(options?: Parameters<typeof givenIngest>[0]): Promise<GivenIngest> {
  const ingest = await givenIngest(options);
  open.push(ingest);
  return ingest;
}

describe('ingest, on a simulated log', () => {
  it('answers 202 with a position when a task is in the log', async () => {
    const ingest = await given();
    const answer = await ingest.ask('POST', '/v1/tasks', { handler: 'h', band: 'high', input: { n: 1 } });
    expect(answer.status).toBe(202);
    const { run, position } = answer.body;
    expect(answer.headers['millrace-position']).toBe(`${position.partition}:${position.offset}`);
    expect(position).toEqual({ partition: partitionOfRun(run), offset: '2' });
    expect(ingest.events().map(({ event }) => event)).toEqual([
      { type: 'RunRequested', run, tenant: 'default', task: { handler: 'h', band: 4 }, input: { n: 1 } },
    ]);
  });

  it('takes deadlines of tasks and of runs', async () => {
    const ingest = await given();
    await ingest.ask('POST', '/v1/workflows', etl);
    await ingest.ask('POST', '/v1/tasks', { handler: 'h', scheduleToStartMs: 1_000, scheduleToCloseMs: 9_000_000_000 });
    await ingest.ask('POST', '/v1/runs', { workflow: 'etl', scheduleToCloseMs: 60_000 });
    const requested = ingest.events().flatMap(({ event }) => (event.type === 'RunRequested' ? [event] : []));
    expect(requested.map(({ task, scheduleToCloseMs }) => task ?? scheduleToCloseMs).sort()).toEqual([
      60_000,
      { handler: 'h', scheduleToStartMs: 1_000, scheduleToCloseMs: 9_000_000_000 },
    ]);
  });

  it('takes runs and tasks for later', async () => {
    const ingest = await given();
    await ingest.ask('POST', '/v1/workflows', etl);
    await ingest.ask('POST', '/v1/tasks', { handler: 'h', delayMs: 60_000 });
    await ingest.ask('POST', '/v1/tasks', { handler: 'h', runAt: '2030-01-01T00:00:00Z' });
    await ingest.ask('POST', '/v1/runs', { workflow: 'etl', runAt: '2030-01-01T01:00:00+01:00', delayMs: 5 });
    const at = Date.UTC(2030, 0);
    const requested = ingest.events().flatMap(({ event }) => (event.type === 'RunRequested' ? [event] : []));
    const delays = requested.map(({ task, runAt, delayMs }) => [task?.delayMs ?? null, runAt ?? null, delayMs ?? null]);
    expect(delays.map((delay) => JSON.stringify(delay)).sort()).toEqual(
      [`[null,${at},5]`, `[null,${at},null]`, '[60000,null,null]'].sort(),
    );
  });

  it('registers a workflow once, as JSON or YAML, under the hash of its canonical JSON', async () => {
    const ingest = await given();
    const { version } = encodeWorkflow(etl);
    const yaml = `
name: etl
tasks:
  - { id: extract, handler: etl.extract }
  - { id: load, handler: etl.load, dependsOn: [extract], band: high }
`;
    const first = await ingest.ask('POST', '/v1/workflows', yaml, 'application/yaml');
    expect([first.status, first.body]).toEqual([201, { name: 'etl', version, tasks: 2 }]);
    const again = await ingest.ask('POST', '/v1/workflows', etl);
    expect([again.status, again.body.version]).toEqual([200, version]);
    expect(ingest.log.texts(topics.workflows, 0)).toHaveLength(1);
  });

  it('pins a version into a partition before its first run there, and only once', async () => {
    const ingest = await given();
    const { body: registered } = await ingest.ask('POST', '/v1/workflows', etl);
    for (let run = 0; run < 40; run++) await ingest.ask('POST', '/v1/runs', { workflow: 'etl' });
    for (let partition = 0; partition < partitions; partition++) {
      const events = ingest.events().filter((each) => each.partition === partition);
      const [first, ...rest] = events.map(({ event }) => event);
      expect(first).toEqual({
        type: 'WorkflowPinned',
        version: registered.version,
        part: 0,
        of: 1,
        body: canonicalJson(etl as never),
      });
      expect(rest.every((event) => event.type === 'RunRequested')).toBe(true);
    }
    expect(ingest.events()).toHaveLength(40 + partitions);
  });

  it('pins nothing that an owner says is in force', async () => {
    const ingest = await given();
    const { body } = await ingest.ask('POST', '/v1/workflows', etl);
    const owned = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      epoch: 1,
      position: 1,
      entries: 1,
      waiting: 0,
      pinned: [body.version],
    }));
    const heartbeat = { v: 1, kind: 'dispatcher', id: 'd', at: 0, knows: 1, partitions: owned };
    const value = new TextEncoder().encode(JSON.stringify(heartbeat));
    await ingest.log.append(topics.workers, 0, [{ value }]);
    await new Promise((resolve) => setImmediate(resolve));
    await ingest.ask('POST', '/v1/runs', { workflow: 'etl' });
    expect(ingest.events().map(({ event }) => event.type)).toEqual(['RunRequested']);
  });

  it('knows a workflow that another ingest registered just before the request', async () => {
    const ingest = await given();
    const records = workflowRecords(encodeWorkflow(etl)).map((record) => ({
      value: Buffer.from(JSON.stringify(record)),
    }));
    await ingest.log.append(topics.workflows, 0, records);
    expect((await ingest.ask('POST', '/v1/runs', { workflow: 'etl' })).status).toBe(202);
  });

  it('takes a queue that was applied after it started', async () => {
    const ingest = await given();
    expect((await ingest.ask('POST', '/v1/tasks', { handler: 'h', queue: 'late' })).status).toBe(422);
    ingest.queues.add('late');
    expect((await ingest.ask('POST', '/v1/tasks', { handler: 'h', queue: 'late' })).status).toBe(202);
  });

  it('answers each item of a bulk by itself, in few frames', async () => {
    const ingest = await given();
    const items: unknown[] = Array.from({ length: 300 }, (_, n) => ({ handler: 'h', input: n }));
    items[7] = { handler: 'h', queue: 'nowhere' };
    items[8] = { handler: 'h', nonsense: true };
    items[9] = { workflow: 'nowhere' };
    items[10] = 'nothing';
    const { status, body, headers } = await ingest.ask('POST', '/v1/bulk', { items });
    expect(status).toBe(207);
    expect(body.items).toHaveLength(300);
    const codeAt = (place: number): string => body.items[place].problem.code;
    expect([7, 8, 9, 10].map(codeAt)).toEqual([
      'queue-unknown',
      'request-invalid',
      'workflow-unknown',
      'request-invalid',
    ]);
    expect(body.items[8].problem.faults[0].path).toBe('/items/8/nonsense');
    const events = ingest.events().map(({ event }) => event);
    expect(events).toHaveLength(296);
    expect(new Set(events.map((event) => event.type === 'RunRequested' && event.run)).size).toBe(296);
    expect(String(headers['millrace-position']).split(',')).toHaveLength(3);
    const frames = Array.from(
      { length: partitions },
      (_, partition) => ingest.log.texts(topics.log, partition).length - 1,
    );
    expect(frames.sort()).toEqual([0, 1, 1, 1]);
  });

  it('takes a time that has passed and no delay, which both mean at once, and says of a delay below 0 what it expects', async () => {
    const ingest = await given();
    expect((await ingest.ask('POST', '/v1/tasks', { handler: 'h', runAt: '2001-01-01T00:00:00Z' })).status).toBe(202);
    expect((await ingest.ask('POST', '/v1/tasks', { handler: 'h', delayMs: 0 })).status).toBe(202);
    const { status, body } = await ingest.ask('POST', '/v1/tasks', { handler: 'h', delayMs: -1 });
    expect([status, body.faults[0].path]).toEqual([400, '/delayMs']);
    expect(body.faults[0].message).toMatch(/expected number to be >=0/);
  });

  it('answers a bulk of which nothing was taken with the status of its first problem', async () => {
    const ingest = await given();
    const { status, body } = await ingest.ask('POST', '/v1/bulk', { items: [{ handler: 'h', queue: 'nowhere' }] });
    expect([status, body.items[0].problem.code]).toEqual([422, 'queue-unknown']);
  });

  it('logs a cancel in the partition of its run', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_COMMAND_VERDICT_MS: '10' } });
    const { body } = await ingest.ask('POST', '/v1/tasks', { handler: 'h' });
    const cancelled = await ingest.ask('POST', `/v1/runs/${body.run}/cancel`, { reason: 'no need' });
    expect([cancelled.status, cancelled.body.verdict]).toEqual([202, 'pending']);
    expect(ingest.events().at(-1)).toMatchObject({
      partition: partitionOfRun(body.run),
      event: { type: 'CancelRequested', run: body.run, command: cancelled.body.command, reason: 'no need' },
    });
  });

  it.each([
    ['pause', 'PauseRequested'],
    ['resume', 'ResumeRequested'],
  ])('logs a %s in the partition of its run', async (verb, type) => {
    const ingest = await given({ env: { MILLRACE_INGEST_COMMAND_VERDICT_MS: '10' } });
    const { body } = await ingest.ask('POST', '/v1/tasks', { handler: 'h' });
    const sent = await ingest.ask('POST', `/v1/runs/${body.run}/${verb}`, {});
    expect(sent.status).toBe(202);
    const event = { type, run: body.run, command: sent.body.command };
    expect(ingest.events().at(-1)).toMatchObject({ partition: partitionOfRun(body.run), event });
  });

  it('logs a change of priority in the partition of its run, with the band as a number', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_COMMAND_VERDICT_MS: '10' } });
    const { body } = await ingest.ask('POST', '/v1/tasks', { handler: 'h' });
    const path = `/v1/runs/${body.run}/priority`;
    const changed = await ingest.ask('POST', path, { band: 'high', task: 0 });
    expect([changed.status, changed.body.run]).toEqual([202, body.run]);
    const { command } = changed.body;
    expect(ingest.events().at(-1)).toMatchObject({
      partition: partitionOfRun(body.run),
      event: { type: 'PriorityRequested', run: body.run, task: 0, band: 4, command },
    });
    expect((await ingest.ask('POST', path, { band: 1 })).status).toBe(202);
  });

  it('waits for a log that is not born, says so, and goes on by itself', async () => {
    const ingest = await given({ born: false });
    await ingest.until(async () => (await ingest.ask('GET', '/readyz')).body.checks[0].detail.includes('born'));
    const early = await ingest.ask('POST', '/v1/tasks', { handler: 'h' });
    expect([early.status, early.body.code, early.headers['retry-after']]).toEqual([503, 'log-not-ready', '1']);
    expect(early.body.detail).toContain('millrace topics apply');
    await birth(ingest.log);
    await ingest.until(async () => (await ingest.ask('POST', '/v1/tasks', { handler: 'h' })).status === 202);
  });

  it('answers 503 with Retry-After when the log does not acknowledge, and at once while it stays so', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_ACK_MS: '100' } });
    await ingest.ask('POST', '/v1/tasks', { handler: 'h' });
    const release = ingest.log.holdAnswers();
    const answers = [];
    for (let tries = 0; tries < partitions; tries++)
      answers.push(await ingest.ask('POST', '/v1/tasks', { handler: 'h' }));
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(partitions).fill('503 log-unavailable'),
    );
    expect(answers[0]!.headers['retry-after']).toBe('1');
    const logged = ingest.events().length;
    expect((await ingest.ask('POST', '/v1/tasks', { handler: 'h' })).status).toBe(503);
    expect(ingest.events()).toHaveLength(logged);
    expect((await ingest.ask('GET', '/readyz')).status).toBe(503);
    expect((await ingest.ask('GET', '/livez')).status).toBe(200);
    release();
    await ingest.until(async () => (await ingest.ask('POST', '/v1/tasks', { handler: 'h' })).status === 202);
  });

  it('refuses at once what would wait beyond its bound', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_PENDING_ITEMS_MAX: '1000' } });
    const release = ingest.log.holdAnswers();
    const bulk = { items: Array(1_000).fill({ handler: 'h' }) };
    await ingest.ask('POST', '/v1/tasks', { handler: 'h', queue: 'nowhere' });
    const first = ingest.ask('POST', '/v1/bulk', bulk);
    await ingest.until(() => ingest.events().length > 0);
    const second = await ingest.ask('POST', '/v1/tasks', { handler: 'h' });
    expect([second.status, second.body.code]).toEqual([503, 'log-behind']);
    release();
    expect((await first).status).toBe(202);
  });

  it('passes reads on to query, and says so when query is down', async () => {
    const query = await givenServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'millrace-position': '0:1' });
      response.end(JSON.stringify({ url: request.url }));
    });
    const ingest = await given({ env: { MILLRACE_QUERY_URL: query.url } });
    const answer = await ingest.ask('GET', '/v1/runs?status=failed');
    expect([answer.status, answer.body, answer.headers['millrace-position']]).toEqual([
      200,
      { url: '/v1/runs?status=failed' },
      '0:1',
    ]);
    query.closeAllConnections();
    await new Promise((resolve) => query.close(resolve));
    const down = await ingest.ask('GET', '/v1/runs');
    expect([down.status, down.body.code, down.headers['retry-after']]).toEqual([503, 'query-unavailable', '1']);
    expect((await ingest.ask('POST', '/v1/tasks', { handler: 'h' })).status).toBe(202);
  });

  it('describes the whole API, reads included', async () => {
    const ingest = await given();
    const { body } = await ingest.ask('GET', '/openapi.json');
    expect(Object.keys(body.paths).sort()).toEqual(
      expect.arrayContaining([
        '/v1/bulk',
        '/v1/runs',
        '/v1/runs/{id}/cancel',
        '/v1/runs/{id}/priority',
        '/v1/runs/{id}/pause',
        '/v1/runs/{id}/resume',
        '/v1/tasks',
        '/v1/workflows',
      ]),
    );
    expect(body.paths['/v1/runs'].get.operationId).toBe('listRuns');
    const { schema } = body.paths['/v1/tasks'].post.requestBody.content['application/json'];
    expect(schema).toEqual({ $ref: '#/components/schemas/SubmitTask' });
    expect(body.components.schemas.SubmitTask).toMatchObject({ required: ['handler'], additionalProperties: false });
    const { responses } = body.paths['/v1/bulk'].post;
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['202', '207', '400', '404', '413', '415', '503']));
    expect(Object.keys(responses['400'].content)).toEqual(['application/json', 'application/problem+json']);
  });

  it('shows its API on a page that loads nothing from elsewhere', async () => {
    const ingest = await given();
    const http = ingest.service.app.getHttpAdapter().getInstance();
    const page = await http.inject('/docs');
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('Millrace API')]);
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(loaded.filter((url) => /^(https?:)?\/\//.test(url))).toEqual([]);
    const script = await http.inject('/docs/swagger-ui-init.js');
    expect([script.statusCode, script.body]).toEqual([200, expect.stringMatching(/"validatorUrl": null/)]);
    expect((await http.inject('/docs/swagger-ui-bundle.js')).statusCode).toBe(200);
  });

  it('says of its loops which ended a round longest ago, and lets none of them be stuck', async () => {
    const ingest = await given();
    const loops = () => ingest.service.health.report().find(({ name }) => name === 'loops');
    await ingest.until(() => loops()?.lags === true && loops()?.waitsFor === undefined);
    expect(loops()?.detail).toMatch(/^[a-z .]+: the last round ended \d+ ms ago$/);
  });
});

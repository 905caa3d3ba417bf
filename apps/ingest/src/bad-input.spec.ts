import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenIngest, type GivenIngest } from './testing/given-ingest.js';

let ingest: GivenIngest;
beforeAll(async () => {
  ingest = await givenIngest();
});
afterAll(() => ingest.close());

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const nodeWith = (input: string): string => `name: w\ntasks: [{id: a, handler: h, input: ${input}}]`;
const task = (input: string): string => `{"handler":"h","input":${input}}`;

describe('ingest refuses, on a simulated log', () => {
  it.each([
    ['malformed JSON', '/v1/tasks', '{"handler":', '400 json-malformed'],
    ['an empty body', '/v1/tasks', '', '400 json-malformed'],
    ['a body that is no object', '/v1/tasks', '[1]', '400 request-invalid'],
    ['a wrong type', '/v1/tasks', '{"handler":7}', '400 request-invalid'],
    ['a bad handler name', '/v1/tasks', '{"handler":"a b"}', '400 request-invalid'],
    ['a band that does not exist', '/v1/tasks', '{"handler":"h","band":6}', '400 request-invalid'],
    ['a deadline of 0 ms', '/v1/tasks', '{"handler":"h","scheduleToStartMs":0}', '400 request-invalid'],
    ['a deadline that is no number', '/v1/tasks', '{"handler":"h","scheduleToCloseMs":"1s"}', '400 request-invalid'],
    ['a delay below 0', '/v1/tasks', '{"handler":"h","delayMs":-1}', '400 request-invalid'],
    ['a time that is none', '/v1/tasks', '{"handler":"h","runAt":"tomorrow"}', '400 request-invalid'],
    ['a time without a zone', '/v1/tasks', '{"handler":"h","runAt":"2030-01-01T00:00:00"}', '400 request-invalid'],
    ['a retry budget of 0', '/v1/tasks', '{"handler":"h","retry":{"failuresMax":0}}', '400 request-invalid'],
    ['a retry budget below 0', '/v1/tasks', '{"handler":"h","retry":{"totalMs":-1}}', '400 request-invalid'],
    ['a back-off that is none', '/v1/tasks', '{"handler":"h","retry":{"policy":"never"}}', '400 request-invalid'],
    ['a depth bomb', '/v1/tasks', task('[['.repeat(200_000)), '400 json-too-deep'],
    ['an input that is nested too deep', '/v1/tasks', task(deep(61)), '400 request-invalid'],
    ['a __proto__ key', '/v1/tasks', task('{"__proto__":{"a":1}}'), '400 json-key-forbidden'],
    ['a constructor.prototype key', '/v1/tasks', task('{"constructor":{"prototype":1}}'), '400 json-key-forbidden'],
    ['an integer beyond a double', '/v1/tasks', task('9007199254740993'), '400 json-number-not-exact'],
    ['an overflow', '/v1/tasks', task('[1e400]'), '400 json-number-not-exact'],
    ['U+0000 in a string', '/v1/tasks', task('"\\u0000"'), '400 json-string-nul'],
    ['half a surrogate pair', '/v1/tasks', task('"\\ud800"'), '400 json-string-lone-surrogate'],
    ['a payload over 128 KiB', '/v1/tasks', task(JSON.stringify('x'.repeat(131_071))), '413 payload-too-large'],
    ['a body over 1 MiB', '/v1/tasks', task(JSON.stringify('x'.repeat(1_048_576))), '413 body-too-large'],
    ['an unknown queue', '/v1/tasks', '{"handler":"h","queue":"nowhere"}', '422 queue-unknown'],
    ['an unknown workflow', '/v1/runs', '{"workflow":"nowhere"}', '422 workflow-unknown'],
    ['an unknown version', '/v1/runs', `{"workflow":"w","version":"${'0'.repeat(64)}"}`, '422 workflow-unknown'],
    [
      'a join rule that is none',
      '/v1/workflows',
      '{"name":"w","tasks":[{"id":"a","handler":"h","join":"most"}]}',
      '400 request-invalid',
    ],
    [
      'a join of more parents than there are',
      '/v1/workflows',
      '{"name":"w","tasks":[{"id":"a","handler":"h","join":{"rule":"n_of_m","n":1}}]}',
      '422 workflow-invalid',
    ],
    ['an empty bulk', '/v1/bulk', '{"items":[]}', '400 request-invalid'],
    [
      'a bulk of 1,001',
      '/v1/bulk',
      JSON.stringify({ items: Array(1_001).fill({ handler: 'h' }) }),
      '400 request-invalid',
    ],
    ['a cancel of what is no run', '/v1/runs/abc/cancel', '{}', '404 run-unknown'],
    ['a pause of what is no run', '/v1/runs/abc/pause', '{}', '404 run-unknown'],
    [
      'a resume with a member it does not have',
      `/v1/runs/0000${'0'.repeat(32)}/resume`,
      '{"at":1}',
      '400 request-invalid',
    ],
    ['a band that is none', `/v1/runs/${'0'.repeat(36)}/priority`, '{"band":6}', '400 request-invalid'],
    ['a change of priority without a band', `/v1/runs/${'0'.repeat(36)}/priority`, '{}', '400 request-invalid'],
    ['a change of priority of what is no run', '/v1/runs/abc/priority', '{"band":"high"}', '404 run-unknown'],
    ['a cancel in a partition that is not there', `/v1/runs/ffff${'0'.repeat(32)}/cancel`, '{}', '404 run-unknown'],
  ])('%s', async (_title, url, body, expected) => {
    const before = ingest.events().length;
    const answer = await ingest.ask('POST', url, body);
    expect(`${answer.status} ${answer.body.code}`).toBe(expected);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.detail).toMatch(/^.+$/s);
    expect(ingest.events()).toHaveLength(before);
  });

  it('unknown fields, listing each, and says of known later ones that they come later', async () => {
    const { status, body } = await ingest.ask('POST', '/v1/tasks', {
      handler: 'h',
      orderingKey: 'o',
      retry: { tries: 3 },
      handlr: 'x',
    });
    expect(status).toBe(400);
    expect(body.faults.map((fault: { path: string }) => fault.path).sort()).toEqual([
      '/handlr',
      '/orderingKey',
      '/retry/tries',
    ]);
    const message = (path: string): string =>
      body.faults.find((fault: { path: string }) => fault.path === path).message;
    expect(message('/orderingKey')).toContain('later version');
    expect(message('/handlr')).toContain('correct its name');
  });

  it('every fault of a workflow, each with its code and place', async () => {
    const workflow = {
      name: 'bad',
      tasks: [
        { id: 'a', handler: 'h', dependsOn: ['a'] },
        { id: 'b', handler: 'no good', dependsOn: ['zzz'] },
        { id: 'b', handler: 'h', queue: 'UPPER' },
      ],
    };
    const { status, body } = await ingest.ask('POST', '/v1/workflows', workflow);
    expect(`${status} ${body.code}`).toBe('422 workflow-invalid');
    expect(body.faults.map((fault: { code: string; path: string }) => `${fault.code} ${fault.path}`).sort()).toEqual([
      'task-depends-on-itself /tasks/0/dependsOn/0',
      'task-handler-bad /tasks/1/handler',
      'task-id-duplicate /tasks/2/id',
      'task-parent-unknown /tasks/1/dependsOn/0',
      'task-queue-bad /tasks/2/queue',
    ]);
  });

  it.each([
    ['that is malformed', 'name: [', 'yaml-malformed'],
    ['that contains itself', 'name: &a [*a]', 'yaml-malformed'],
    ['that is a depth bomb', `a: ${'['.repeat(1_000_000)}`, 'json-too-deep'],
    ['that is a depth bomb in blocks', '- '.repeat(500_000), 'json-too-deep'],
    ['that is a depth bomb of keys', '? '.repeat(500_000), 'json-too-deep'],
    ['that names a key twice', 'name: a\nname: b', 'yaml-malformed'],
    ['of two documents', 'name: a\n---\nname: b', 'yaml-malformed'],
    ['with a tag that nobody knows', 'name: !!js/function x', 'yaml-malformed'],
    ['with an integer beyond a double', nodeWith('9007199254740993'), 'json-number-not-exact'],
    ['with an infinite number', nodeWith('.inf'), 'json-number-not-exact'],
    ['with a __proto__ key', nodeWith('{__proto__: 1}'), 'json-key-forbidden'],
    ['that is just text', 'just text', 'request-invalid'],
  ])('YAML %s', async (_title, yaml, code) => {
    const { status, body } = await ingest.ask('POST', '/v1/workflows', yaml, 'application/yaml');
    expect(`${status} ${body.code}`).toBe(`400 ${code}`);
  });

  it('YAML over 1 MiB, which is slow to read, and names the way out', async () => {
    const yaml = `name: w # ${'x'.repeat(1_048_576)}`;
    const { status, body } = await ingest.ask('POST', '/v1/workflows', yaml, 'application/yaml');
    expect(`${status} ${body.code}`).toBe('413 yaml-too-large');
    expect(body.detail).toContain('as JSON');
  });

  it('quotes YAML that it refuses without control characters', async () => {
    const { body } = await ingest.ask('POST', '/v1/workflows', 'name: *\u0000\u001bc', 'application/yaml');
    expect(body.detail).toContain(String.raw`\u0000\u001bc`);
  });

  it('says where YAML is malformed', async () => {
    const { body } = await ingest.ask('POST', '/v1/workflows', 'name: a\ntasks: [', 'application/yaml');
    expect(body.detail).toMatch(/at line 2, column \d+\.$/);
  });

  it.each([
    ['retry', '{"failuresMax":0}', '400 request-invalid'],
    ['retry', '{"failuresMax":-1}', '400 request-invalid'],
    ['retry', '{"failuresMax":1.5}', '400 request-invalid'],
    ['retry', '{"failuresMax":NaN}', '400 json-malformed'],
    ['retry', '{"failuresMax":"NaN"}', '400 request-invalid'],
    ['retry', '{"failuresMax":null}', '400 request-invalid'],
    ['retry', '{"failuresMax":1e400}', '400 json-number-not-exact'],
    ['retry', '{"delayMs":1e300}', '400 request-invalid'],
    ['retry', '{"factor":9007199254740991}', '400 request-invalid'],
    ['retry', '{"totalMs":0}', '400 request-invalid'],
    ['heartbeatTimeoutMs', '0', '400 request-invalid'],
    ['heartbeatTimeoutMs', '-5', '400 request-invalid'],
    ['scheduleToCloseMs', '0', '400 request-invalid'],
    ['startToCloseMs', '2147483648', '400 request-invalid'],
    ['delayMs', '1e12', '400 request-invalid'],
    ['delayMs', '-1', '400 request-invalid'],
    ['delayMs', '0.5', '400 request-invalid'],
    ['delayMs', 'NaN', '400 json-malformed'],
    ['runAt', '"1969-12-31T23:59:59Z"', '400 request-invalid'],
    ['runAt', '"tomorrow"', '400 request-invalid'],
  ])('%s of %s, and names it', async (member, value, expected) => {
    const { status, body } = await ingest.ask('POST', '/v1/tasks', `{"handler":"h","${member}":${value}}`);
    expect(`${status} ${body.code}`).toBe(expected);
    if (expected === '400 request-invalid') {
      for (const { path } of body.faults) expect(path.split('/')[1]).toBe(member);
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandNodes } from '../completion/command-tree.js';
import { wholeProgram } from '../program.js';
import { ran } from '../testing/ran.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-dry-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lets every command that writes say what it would write', async () => {
  const writing = [
    ...['run submit', 'run stream', 'run cancel', 'run pause', 'run resume', 'run priority', 'task submit'],
    ...['workflow apply', 'worker drain', 'topics apply', 'migrate', 'partition accept-gap'],
    ...['profile set', 'profile use', 'profile delete'],
  ];
  const nodes = commandNodes(await wholeProgram());
  const dry = nodes.filter(({ flags }) => flags.some(({ names }) => names.includes('--dry-run')));
  expect(writing.filter((path) => !dry.some((node) => node.path === path))).toEqual([]);
});

it('checks a request and says what would be sent, without a server', async () => {
  const { code, stdout } = await ran('task', 'submit', 'hello', '--input', '{"n":1}', '--dry-run', '-o', 'json');
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    { dryRun: true, method: 'POST', path: '/v1/tasks', body: { handler: 'hello', input: { n: 1 } } },
  ]);
  const wrong = await ran('task', 'submit', 'no handler', '--queue', 'UPPER', '--dry-run');
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toMatch(/POST \/v1\/tasks takes, but:\n {2}handler: .*\n {2}queue: /);
});

it('checks every line of a stream, and a workflow', async () => {
  const file = join(folder, 'lines.ndjson');
  writeFileSync(file, '{"handler":"a"}\n{"workflow":"w"}\n\n');
  const fine = await ran('run', 'stream', file, '--dry-run');
  expect(fine).toMatchObject({ code: 0, stdout: 'Nothing was sent. 3 lines could be.\n' });
  writeFileSync(file, '{"handler":"a"}\n{"handler":7}\n{');
  const { code, stdout } = await ran('run', 'stream', file, '--dry-run', '-o', 'jsonl');
  expect([
    code,
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).line),
  ]).toEqual([2, [2, 3]]);
  const workflow = join(folder, 'w.yaml');
  writeFileSync(workflow, 'name: w\ntasks:\n  - { id: a, handler: h }\n');
  expect(await ran('workflow', 'apply', workflow, '--dry-run')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('w is valid: 1 tasks'),
  });
});

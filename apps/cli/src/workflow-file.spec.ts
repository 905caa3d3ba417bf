import { expect, it } from 'vitest';
import { reviewWorkflow } from './workflow-file.js';

it('finds nothing wrong with a valid file and gives its definition', () => {
  const { definition, faults } = reviewWorkflow('a.yaml', 'name: hello\ntasks:\n  - id: a\n    handler: greet\n');
  expect(faults).toEqual([]);
  expect(definition).toEqual({ name: 'hello', tasks: [{ id: 'a', handler: 'greet' }] });
});

it('reads a task a line behind a first line with the name', () => {
  const text = '{"name":"hello"}\n{"id":"a","handler":"greet"}\n\n{"id":"b","handler":"greet","dependsOn":["a"]}\n';
  expect(reviewWorkflow('hello.ndjson', text).definition?.tasks.map(({ id }) => id)).toEqual(['a', 'b']);
});

it('tells every fault with its place', () => {
  const text = JSON.stringify({ name: 'x', tasks: [{ id: 'a', handler: 'h h', dependsOn: ['a', 'z'] }] });
  const { faults } = reviewWorkflow('a.json', text);
  expect(faults.map(({ path, code }) => `${path} ${code}`)).toEqual([
    'tasks[0].handler task-handler-bad',
    'tasks[0].dependsOn[0] task-depends-on-itself',
    'tasks[0].dependsOn[1] task-parent-unknown',
  ]);
});

it('names each unknown member and each member of a wrong type', () => {
  const text = JSON.stringify({ name: 1, tasks: [{ id: 'a', handler: 'h', depends: [], idd: 2 }], extra: true });
  const { faults } = reviewWorkflow('a.json', text);
  expect(faults.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    'extra field-unknown',
    'name value-invalid',
    'tasks[0].depends field-unknown',
    'tasks[0].idd field-unknown',
  ]);
});

it.each([
  ['a.json', '{"name":', 'json-malformed'],
  ['a.yaml', 'name: [', 'yaml-malformed'],
  ['a.yaml', 'a: &a [*a, *a]\nb: *nowhere', 'yaml-malformed'],
  ['a.ndjson', '{"name":"x"}\n\n{', 'json-malformed'],
])('says in one sentence that %s with %j cannot be read', (file, text, code) => {
  const { faults } = reviewWorkflow(file, text);
  expect(faults).toEqual([{ path: '', code, message: expect.stringMatching(/^Expected (JSON|YAML), but: [^\n]+\.$/) }]);
});

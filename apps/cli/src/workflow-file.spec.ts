import { expect, it } from 'vitest';
import { reviewWorkflow } from './workflow-file.js';

it('finds nothing wrong with a valid file and gives its definition', () => {
  const { definition, faults } = reviewWorkflow('name: hello\ntasks:\n  - id: a\n    handler: greet\n', false);
  expect(faults).toEqual([]);
  expect(definition).toEqual({ name: 'hello', tasks: [{ id: 'a', handler: 'greet' }] });
});

it('tells every fault with its place', () => {
  const text = JSON.stringify({ name: 'x', tasks: [{ id: 'a', handler: 'h h', dependsOn: ['a', 'z'] }] });
  const { faults } = reviewWorkflow(text, true);
  expect(faults.map(({ path, code }) => `${path} ${code}`)).toEqual([
    'tasks[0].handler task-handler-bad',
    'tasks[0].dependsOn[0] task-depends-on-itself',
    'tasks[0].dependsOn[1] task-parent-unknown',
  ]);
});

it('names each unknown member and each member of a wrong type', () => {
  const text = JSON.stringify({ name: 1, tasks: [{ id: 'a', handler: 'h', depends: [], idd: 2 }], extra: true });
  const { faults } = reviewWorkflow(text, true);
  expect(faults.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    'extra field-unknown',
    'name value-invalid',
    'tasks[0].depends field-unknown',
    'tasks[0].idd field-unknown',
  ]);
});

it.each([
  ['{"name":', true, 'json-malformed'],
  ['name: [', false, 'yaml-malformed'],
  ['a: &a [*a, *a]\nb: *nowhere', false, 'yaml-malformed'],
])('says in one sentence that %j cannot be read', (text, isJson, code) => {
  const { faults } = reviewWorkflow(text, isJson);
  expect(faults).toEqual([{ path: '', code, message: expect.stringMatching(/^Expected (JSON|YAML), but: [^\n]+\.$/) }]);
});

import { expect, it } from 'vitest';
import { faultLines } from './workflow/fault-lines.js';
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
  const message = expect.stringMatching(/^Expected (JSON|YAML), but: [^\n]+\.$/);
  expect(faults).toMatchObject([{ path: '', code, message }]);
});

const yaml = `name: my etl
tasks:
  - id: extract
    handler: etl extract
  - id: load
    handler: load
    dependsOn:
      - extrct
      - { id: extract, when: "result.rows >" }
`;
const told = (file: string, text: string) =>
  reviewWorkflow(file, text).faults.map(({ line, column, fix }) => `${line}:${column} ${fix ?? '-'}`);

it('points at line and column of each fault, in their order, and says the fix where it is known', () => {
  expect(told('etl.yaml', yaml)).toEqual(['1:7 Write my-etl.', '4:14 Write etl-extract.', '8:9 Did you mean extract?']);
});

it('points at the name of an unknown member, and at the task that lacks one', () => {
  const text = 'name: x\ntasks:\n  - id: a\n    depends: []\n    retry: { failureMax: 3 }\n';
  expect(told('a.yaml', text)).toEqual(['3:5 Add handler.', '4:5 Did you mean dependsOn?', '5:14 Did you mean failuresMax?']); // prettier-ignore
});

it('points into JSON and into lines of JSON as well', () => {
  expect(told('a.json', '{"name":"x","tasks":[\n{"id":"a","handler":"h","dependsOn":["b"]}]}')).toEqual(['2:38 -']);
  expect(told('a.ndjson', '{"name":"x"}\n\n{"id":"aa","handler":"h","join":"all"}')).toEqual(['3:33 -']);
  expect(told('a.json', '{"name":"x",\n"tasks":[,]}')).toEqual(['2:10 -']);
  expect(told('a.yaml', 'name: x\ntasks:\n  - id: a\n   handler: b\n')).toEqual(['4:1 -']);
});

it('tells a person the line with a mark under the place', () => {
  const text = 'name: x\ntasks:\n  - { id: a, handler: "h h" }\n';
  const [fault] = reviewWorkflow('a.yaml', text).faults;
  expect(faultLines('a.yaml', text, fault!)).toEqual([
    expect.stringMatching(/^a\.yaml:3:23 tasks\[0\]\.handler: Expected .*\. Write h-h\. \(task-handler-bad\)$/),
    '     3 |   - { id: a, handler: "h h" }',
    '       |                       ^',
  ]);
});

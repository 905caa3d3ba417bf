import { expect, it } from 'vitest';
import { workflow } from '../testing/index.js';
import { readDefinition } from './read-definition.js';

const etl = workflow({ extract: [], load: ['extract'] });
const withTask = (over: object): string => JSON.stringify({ ...etl, tasks: [{ ...etl.tasks[0], ...over }] });

it('reads a valid workflow', () => {
  expect(readDefinition(JSON.stringify(etl))).toEqual(etl);
  expect(
    readDefinition(withTask({ queue: 'q', band: 5, claimFirst: true, startToCloseMs: 1, input: [1] })),
  ).toBeDefined();
  const branches = workflow({ extract: [], load: [{ id: 'extract', when: 'no matter what: a fold reads no CEL' }] });
  expect(readDefinition(JSON.stringify(branches))).toEqual(branches);
});

it.each([
  ['no JSON', '{'],
  ['no object', 'null'],
  ['a list', '[]'],
  ['an unknown member', JSON.stringify({ ...etl, extra: 1 })],
  ['a missing member', JSON.stringify({ name: 'test' })],
  ['tasks that are no list', JSON.stringify({ name: 'test', tasks: {} })],
  ['a task that is no object', JSON.stringify({ name: 'test', tasks: [null] })],
  ['an unknown member of a task', withTask({ schedule: '* * * * *' })],
  ['a key named __proto__', '{"name":"test","tasks":[{"id":"a","handler":"work","__proto__":{}}]}'],
  ['a band out of range', withTask({ band: 6 })],
  ['a retry policy of the wrong types', withTask({ retry: { factor: 0 } })],
  ['parents that are no texts', withTask({ dependsOn: [1] })],
  ['a parent without its condition', withTask({ dependsOn: [{ id: 'a' }] })],
  ['a parent with a condition that is no text', withTask({ dependsOn: [{ id: 'a', when: true }] })],
  ['a parent with a member more', withTask({ dependsOn: [{ id: 'a', when: 'true', else: 'b' }] })],
  ['a join rule that is none', withTask({ join: 'some' })],
  ['a join of n_of_m without its n', withTask({ join: { rule: 'n_of_m' } })],
  ['a join of more than there are parents', withTask({ join: { rule: 'n_of_m', n: 1 } })],
  ['a workflow that is not valid', withTask({ dependsOn: ['ghost'] })],
  [
    'an input that nests too deep to walk',
    withTask({ input: 0 }).replace('"input":0', `"input":${'['.repeat(200_000)}${']'.repeat(200_000)}`),
  ],
  ['an input with U+0000, which Postgres cannot store', withTask({ input: { a: ['\0'] } })],
  ['an input with U+0000 in a key', withTask({ input: { 'a\0': 1 } })],
  ['an input with a lone surrogate', withTask({ input: '\ud800' })],
  ['an input with a number beyond a double', withTask({ input: 0 }).replace('"input":0', '"input":1e400')],
])('reads nothing from %s', (_title, body) => {
  expect(readDefinition(body)).toBeUndefined();
});

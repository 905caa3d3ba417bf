import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type Json } from '../json.js';
import { workflow } from '../testing/index.js';
import { DefinitionReading } from './definition-reading.js';
import { PlanGathering, planWorkflow } from './plan-workflow.js';
import { readDefinition } from './read-definition.js';
import type { Dag } from './dag.js';

const versionOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

function readIn(pieces: readonly string[], version = versionOf(pieces.join(''))): Dag | undefined {
  const reading = new DefinitionReading(() => new PlanGathering());
  for (const piece of pieces) reading.add(piece);
  return reading.end(version, () => pieces.join(''));
}

/** Pieces of a text, cut at places that fall within no code point. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((one, other) => one - other);
  const whole = at.filter((place) => !/[\ud800-\udbff]/.test(text[place - 1] ?? ''));
  return [0, ...whole].map((from, index) => text.slice(from, whole[index]));
}

const branching = workflow({ extract: [], load: [{ id: 'extract', when: 'result["}{"] == "\\"[😀"' }], sum: ['load'] });
const odd = { ...branching, tasks: branching.tasks.map((task) => ({ ...task, input: ['}', { '{"': '\\' }, '😀'] })) };
const places = fc.array(fc.nat(10_000), { maxLength: 30 });

it.each([
  ['canonical', canonicalJson(odd as unknown as Json)],
  ['ordered otherwise', JSON.stringify(odd)],
  ['spaced', JSON.stringify(odd, undefined, 2)],
])('plans the same from %s text, in whatever pieces it comes', (_title, text) => {
  const expected = planWorkflow(odd);
  fc.assert(
    fc.property(places, (at) => {
      expect(readIn(cut(text, at))).toEqual(expected);
    }),
  );
});

it('gives what reading the whole gives, for any text around some nodes', () => {
  const node = fc.constantFrom(
    '{"handler":"h","id":"a"}',
    '{"handler":"h","id":"b"}',
    '1',
    '[]',
    '{}',
    '{',
    ',',
    ']',
    '"',
  );
  const text = fc.record({
    head: fc.constantFrom('{"name":"x","tasks":[', '{"name":"é","tasks":[', '{"tasks":[', '['),
    nodes: fc.array(node, { maxLength: 3 }),
    glue: fc.constantFrom(',', '', ' ,'),
    tail: fc.constantFrom(']}', '}}', ']', ']} ', ']}x', '],"more":1}', ',]}'),
  });
  fc.assert(
    fc.property(text, places, ({ head, nodes, glue, tail }, at) => {
      const whole = head + nodes.join(glue) + tail;
      const definition = readDefinition(whole);
      expect(readIn(cut(whole, at))).toEqual(definition && planWorkflow(definition));
    }),
  );
});

it('reads nothing that is not the version it should be', () => {
  expect(readIn([canonicalJson(odd as unknown as Json)], versionOf('other'))).toBeUndefined();
});

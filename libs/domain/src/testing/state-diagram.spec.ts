import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { joinRulesPage } from './join-table.js';
import { allEdges, edgeCauses, stateMachinePage } from './state-diagram.js';

it.each([
  ['state-machine.md', 'the transition table says', stateMachinePage],
  ['join-rules.md', 'the join rules say', joinRulesPage],
] as const)('docs/%s is what %s (UPDATE_DOCS=1 rewrites it)', (name, _says, text) => {
  const page = fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url));
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, text());
  expect(readFileSync(page, 'utf8')).toBe(text());
});

it('explains no edge that the transition table does not have', () => {
  expect(Object.keys(edgeCauses).filter((edge) => !(allEdges as readonly string[]).includes(edge))).toEqual([]);
});

it('has no edge in reserve: an event takes each', () => {
  expect(allEdges.filter((edge) => edgeCauses[edge] === undefined)).toEqual([]);
});

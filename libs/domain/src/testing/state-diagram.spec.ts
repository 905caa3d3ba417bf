import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { allEdges, edgeCauses, stateMachinePage } from './state-diagram.js';

const page = fileURLToPath(new URL('../../../../docs/state-machine.md', import.meta.url));

it('docs/state-machine.md is what the transition table says (UPDATE_DOCS=1 rewrites it)', () => {
  if (process.env['UPDATE_DOCS'] === '1') {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, stateMachinePage());
  }
  expect(readFileSync(page, 'utf8')).toBe(stateMachinePage());
});

it('explains no edge that the transition table does not have', () => {
  expect(Object.keys(edgeCauses).filter((edge) => !(allEdges as readonly string[]).includes(edge))).toEqual([]);
});

it('has these edges in reserve, which no event takes yet', () => {
  expect(allEdges.filter((edge) => edgeCauses[edge] === undefined)).toEqual([
    'pending -> scheduled',
    'pending -> timed_out',
    'scheduled -> queued',
    'scheduled -> cancelled',
    'scheduled -> timed_out',
    'queued -> timed_out',
    'backing_off -> timed_out',
  ]);
});

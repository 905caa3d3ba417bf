import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { registerWorkflow, workflowJsonSchema } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const written = join(root, 'libs/protocol/workflow.schema.json');
const examples = globSync('examples/*/workflow.{yaml,json}', { cwd: root }).map((file) => join(root, file));

it('libs/protocol/workflow.schema.json is what the code takes (UPDATE_DOCS=1 rewrites it)', () => {
  const text = `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(written, text);
  expect(readFileSync(written, 'utf8')).toBe(text);
});

it('takes the workflows of all examples, and what they stand for', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(written, 'utf8')) as never);
  expect(examples.length).toBeGreaterThan(2);
  for (const file of examples) {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    expect([file, schema.safeParse(value).success, registerWorkflow.safeParse(value).success]).toEqual([file, true, true]); // prettier-ignore
  }
});

it.each([
  [{ name: 'x' }],
  [{ name: 'x y', tasks: [{ id: 'a', handler: 'h' }] }],
  [{ name: 'x', tasks: [] }],
  [{ name: 'x', tasks: [{ id: 'a', handler: 'h', depends: ['b'] }] }],
  [{ name: 'x', tasks: [{ id: 'a', handler: 'h', join: 'some' }] }],
  [{ name: 'x', tasks: [{ id: 'a', handler: 'h', retry: { failuresMax: 0 } }] }],
])('lets an editor mark %j', (value) => {
  expect(z.fromJSONSchema(workflowJsonSchema() as never).safeParse(value).success).toBe(false);
});

it('every YAML example tells editors where its schema is', () => {
  for (const file of examples.filter((each) => each.endsWith('.yaml'))) {
    const [first] = readFileSync(file, 'utf8').split('\n');
    const path = /^# yaml-language-server: \$schema=(.+)$/.exec(first!)?.[1] ?? 'none';
    expect([file, existsSync(resolve(dirname(file), path))]).toEqual([file, true]);
  }
});

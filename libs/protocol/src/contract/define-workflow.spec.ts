import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ContractRefused, defineTask, defineWorkflow } from './index.js';

const example = (file: string): unknown =>
  parse(readFileSync(new URL(`../../../../examples/${file}`, import.meta.url), 'utf8'));

it('makes the same JSON that the YAML of the examples gives', () => {
  const orders = defineWorkflow('orders')
    .task('check', 'orders.check')
    .task('approve', 'orders.approve', {
      dependsOn: [{ id: 'check', when: 'result.inStock && result.total >= 1000' }],
    })
    .task('refuse', 'orders.refuse', { dependsOn: [{ id: 'check', when: '!result.inStock' }] })
    .task('ship', 'orders.ship', {
      dependsOn: [{ id: 'check', when: 'result.inStock && result.total < 1000' }, 'approve'],
      join: 'one_success',
    })
    .task('tell', 'orders.tell', { dependsOn: ['ship', 'refuse'], join: 'one_success' });
  expect(JSON.parse(JSON.stringify(orders))).toEqual(example('03-branches/workflow.yaml'));

  const drive = defineTask('tour.drive', { input: z.object({ seconds: z.number() }) });
  const tour = defineWorkflow('tour')
    .task('lyon', drive, { claimFirst: true, input: { seconds: 3 } })
    .task('geneva', drive, { claimFirst: true, input: { seconds: 120 }, dependsOn: ['lyon'] })
    .task('zurich', drive, { input: { seconds: 3 }, dependsOn: ['geneva'] });
  expect(tour.definition).toEqual(example('11-pause-and-cancel/workflow.yaml'));
});

it('takes over what a contract asks for by default, and what is said of the task goes before', () => {
  const load = defineTask('load', { queue: 'slow', startToCloseMs: 1_000 });
  const { tasks } = defineWorkflow('w').task('a', load, { startToCloseMs: 2_000 }).definition;
  expect(tasks).toEqual([{ id: 'a', handler: 'load', queue: 'slow', startToCloseMs: 2_000 }]);
});

it('does not compile with a parent that is not there before, or an input that the contract does not take', () => {
  const load = defineTask('load', { input: z.object({ rows: z.number() }) });
  const flow = defineWorkflow('w').task('extract', 'extract');
  // @ts-expect-error -- extrct is no task
  flow.task('load', load, { dependsOn: ['extrct'] });
  // @ts-expect-error -- nor here
  flow.task('load', load, { dependsOn: [{ id: 'load', when: 'true' }] });
  // @ts-expect-error -- rows is a number
  flow.task('load', load, { input: { rows: 'many' } });
  expect(() => flow.definition).toThrow(ContractRefused);
});

it('says all that is wrong where ids come from elsewhere', () => {
  const flow = defineWorkflow('w');
  for (const id of ['a', 'b', 'a']) flow.task(id, 'h', { dependsOn: ['z' as never] });
  expect(() => flow.definition).toThrow(/Expected workflow w to be valid, but:\n[^]*"a" depends on "z"/);
});

it('types the input of its runs', () => {
  const { contract } = defineWorkflow('etl', { input: z.object({ source: z.string() }) });
  expect(contract).toMatchObject({ kind: 'workflow-contract', workflow: 'etl' });
});

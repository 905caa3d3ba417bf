import { readFileSync } from 'node:fs';
import { NonRetryableError, type TaskContext } from '@millrace/worker';
import { expect, it } from 'vitest';
import { createTestEnvironment } from './index.js';

const workflow = `
name: trial
tasks:
  - id: charge
    handler: charge
    retry: { failuresMax: 5, policy: fixed, delayMs: 3600000, delayMsMax: 3600000 }
  - id: remind
    handler: remind
    delayMs: 2592000000
    dependsOn: [charge]
`;
const sent: string[] = [];
const handlers = {
  charge: (input: { customer?: number }) => {
    if (input.customer === undefined) throw new NonRetryableError('Expected a customer, but there is none.');
    return { paid: true };
  },
  remind: (input: { customer: number }, { parentResults }: TaskContext) => {
    sent.push(`customer ${input.customer}, paid: ${JSON.stringify(parentResults['charge'])}`);
  },
};

// begin of the how-to
it('reminds the customer thirty days after the charge, however often that failed', async () => {
  const env = await createTestEnvironment({ handlers, workflows: [workflow] });
  env.faults.failHandler('charge', 3);

  const run = await env.startRun('trial', { input: { customer: 7 } });
  await env.advance('3h');
  expect((await run.detail()).tasks.map(({ status }) => status)).toEqual(['succeeded', 'scheduled']);

  await env.advance('30d');
  expect(sent).toEqual(['customer 7, paid: {"paid":true}']);
  expect(await run.result()).toEqual({ charge: { paid: true }, remind: null });
});
// end of the how-to

it('is what docs/how-to/test-a-workflow.md shows', () => {
  const own = readFileSync(import.meta.filename, 'utf8');
  const [, shown] = /\/\/ begin of the how-to\n([^]*?)\/\/ end of the how-to/.exec(own)!;
  expect(readFileSync(new URL('../../../docs/how-to/test-a-workflow.md', import.meta.url), 'utf8')).toContain(shown);
});

import { expect, it } from 'vitest';
import { runExample } from '../../test/support/run-example.ts';

it('publishes over HTTP, and handles through guard, pipe and interceptor', async () => {
  const mail = (name: string) => ({
    mail: `To ${name.toLowerCase()}@example.org: Hello, ${name}!`,
    signed: 'The Mill',
  });
  const [health, ...lines] = await runExample('05-nest');
  expect(health).toBe('health: up');
  expect(
    lines.map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1)).map(([name, json]) => [name, JSON.parse(json!)]),
  ).toEqual([
    ['Ada', { status: 'succeeded', attempt: 1, result: mail('Ada') }],
    ['Bob', { status: 'succeeded', attempt: 2, result: mail('Bob') }],
    ['Carol', { status: 'failed', attempt: 1, result: null, error: 'Expected a mail address, but found "nowhere".' }],
    ['Mallory', { status: 'failed', attempt: 1, result: null, error: 'Mallory wants no mail.' }],
  ]);
});

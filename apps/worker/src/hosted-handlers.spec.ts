import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { hostedHandlers } from './hosted-handlers.js';

const folder = mkdtempSync(join(tmpdir(), 'millrace-hosted-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const sums = file(
  'sums.mjs',
  'export const handlers = { add: () => 1, careful: { claimFirst: true, handler: () => 2 } };',
);
const mails = file('mails.mjs', 'export default { mail: () => 3 };');

it('serves functions where there are no threads', async () => {
  const hosted = await hostedHandlers([sums, mails], false);
  expect([...hosted].map(([name, { options, handler }]) => [name, options, typeof handler])).toEqual([
    ['add', {}, 'function'],
    ['careful', { claimFirst: true }, 'function'],
    ['mail', {}, 'function'],
  ]);
});

it('serves the module of each name in threads, with the options that it has', async () => {
  const hosted = await hostedHandlers([sums, mails], true);
  expect([...hosted].map(([name, { options, handler }]) => [name, options, String(handler)])).toEqual([
    ['add', {}, pathToFileURL(sums).href],
    ['careful', { claimFirst: true }, pathToFileURL(sums).href],
    ['mail', {}, pathToFileURL(mails).href],
  ]);
});

it.each([false, true])('refuses a name that two modules have (in threads: %s)', async (inThreads) => {
  const again = file('again.mjs', 'export const handlers = { add: () => 4 };');
  await expect(hostedHandlers([sums, again], inThreads)).rejects.toThrow('has add again');
});

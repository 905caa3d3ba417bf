import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadHandlers } from './load-handlers.js';

const folder = mkdtempSync(join(tmpdir(), 'millrace-handlers-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function moduleOf(source: string): string {
  const file = join(folder, `handlers-${files++}.mjs`);
  writeFileSync(file, source);
  return file;
}

it('takes functions and functions with options, from the default export or from handlers', async () => {
  const first = moduleOf('export default { a: () => 1, b: { handler: () => 2, claimFirst: true } };');
  const second = moduleOf('export const handlers = { c: () => 3 };');
  const handlers = await loadHandlers([first, second]);
  expect([...handlers.keys()]).toEqual(['a', 'b', 'c']);
  expect(handlers.get('b')).toMatchObject({ claimFirst: true });
});

it.each([
  ['is missing', () => join(folder, 'nowhere.js'), 'there is no such file'],
  ['does not load', () => moduleOf('throw new Error("no luck");'), 'loading it failed: no luck'],
  ['imports what is missing', () => moduleOf('import "./gone.mjs";'), 'loading it failed'],
  ['exports nothing', () => moduleOf('export const x = 1;'), 'but found none'],
  ['exports no function', () => moduleOf('export default { a: 1 };'), 'Expected a of '],
])('says in one sentence that a module %s', async (_what, file, sentence) => {
  const failure = await loadHandlers([file()]).catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ name: 'HandlersInvalid', message: expect.stringContaining(sentence) });
  expect((failure as Error).stack).toBe((failure as Error).message);
});

it('refuses the same name twice', async () => {
  const files = [moduleOf('export default { a() {} };'), moduleOf('export default { a() {} };')];
  await expect(loadHandlers(files)).rejects.toThrow('has a again');
});

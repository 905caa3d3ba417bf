import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf, linesOfFile } from './text-lines.js';

async function all(lines: AsyncIterable<string | undefined>): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

it('cuts bytes into lines wherever the chunks end, and keeps nothing of lines that are too long', async () => {
  const text = fc.stringMatching(/^[aé💧\n]{0,40}$/u);
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 8 }), async (all_, size, max) => {
      const bytes = Buffer.from(all_);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => {
        return bytes.subarray(index * size, (index + 1) * size);
      });
      const expected = all_.split('\n').map((line) => (line.length > max ? undefined : line));
      if (expected.at(-1) === '') expected.pop();
      expect(await all(linesOf(chunks, max))).toEqual(expected);
    }),
  );
});

it('says that there is no such file', async () => {
  await expect(all(linesOfFile('/nowhere/at/all.ndjson', 9))).rejects.toThrow('but there is none');
});

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeWholeApi } from './support/open-api/whole-api.ts';

const written = fileURLToPath(new URL('../libs/protocol/openapi.json', import.meta.url));

it('libs/protocol/openapi.json is what the services say of themselves (UPDATE_DOCS=1 rewrites it)', async () => {
  const text = `${JSON.stringify(await describeWholeApi(), null, 2)}\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(written, text);
  expect(readFileSync(written, 'utf8')).toBe(text);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';

/**
 * Prints, as JSON, what libs/client/src/generated is to hold: a function for each operation of the OpenAPI document given by its path, and
 * their types. What they are called with, and send it by, is `libs/client/src/transport.ts` (docs/adr says why). Plain JavaScript in a
 * process of its own: the generator is needed by nobody who only builds or type-checks.
 */
const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const item of Object.values(document.paths)) {
  for (const operation of Object.values(item)) {
    // Whatever is no success is a problem, and thrown as one error.
    operation.responses = Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status < '300'));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-client-'));
try {
  await createClient({
    input: document,
    output: { path: folder, module: { extension: '.js' } },
    logs: { level: 'silent' },
    plugins: ['@hey-api/typescript', { name: '@hey-api/sdk', client: false }, '@hey-api/client-fetch'],
  });
  const text = (name) => readFileSync(join(folder, name), 'utf8').replaceAll('.gen.js', '.js').replaceAll('.gen', '');
  const runtime = "'./client/index.js'";
  const operations = text('sdk.gen.ts');
  if (!operations.includes(runtime))
    throw new Error('Expected the operations to import their runtime, but they do not.');
  const files = {
    'operations.ts': operations.replace(runtime, "'../transport.js'").replace("'./types.js'", "'./types.js'"),
    'types.ts': text('types.gen.ts'),
  };
  process.stdout.write(JSON.stringify(files));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

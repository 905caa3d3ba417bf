import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { show } from './setup/command.js';
import { underNode24 } from './setup/node-version.js';
import { runScript } from './setup/obstacle.js';
import { prepareAll } from './setup/prepare.js';
import { root } from './setup/root.js';

/** `npm test`: every test, servers included; arguments go to vitest. The last line is `N passed, N failed`. */
await runScript(async () => {
  if (!(await underNode24())) return;
  await prepareAll();
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-count-'));
  const file = join(folder, 'count.json');
  try {
    const code = await runVitest(file);
    const { passed, failed } = readCount(file, code);
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function runVitest(file) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'setup', 'test-count.js')}`];
  const env = { ...process.env, MILLRACE_TEST_COUNT: file };
  return show(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], { env });
}

/** A vitest that ended before it could count, for example because a server did not start, is one failure. */
function readCount(file, code) {
  try {
    const count = JSON.parse(readFileSync(file, 'utf8'));
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } catch {
    return { passed: 0, failed: 1 };
  }
}

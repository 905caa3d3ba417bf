import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, show } from './setup/command.js';
import { underNode24 } from './setup/node-version.js';
import { runScript } from './setup/obstacle.js';
import { prepareAll } from './setup/prepare.js';
import { root } from './setup/root.js';

/**
 * `npm test`: every test, servers included; arguments go to vitest. The last line is `N passed, N failed`.
 *
 * Without arguments three groups run beside each other: tests of the composed system, which wait more than half of their time; those of specs, single
 * servers and examples; and the simulator, with the lowest priority. One after the other takes eight minutes more.
 */
await runScript(async () => {
  if (!(await underNode24())) return;
  await prepareAll();
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-count-'));
  const files = ['stack', 'rest', 'sim'].map((name) => join(folder, `${name}.json`));
  const asked = process.argv.slice(2);
  try {
    const codes =
      asked.length > 0
        ? [await show(process.execPath, argsOf(asked), { env: envOf(files[0]) })]
        : await Promise.all([
            show(process.execPath, argsOf(['--project', 'stack']), { env: envOf(files[0]) }),
            runBeside(['--project', '!sim', '--project', '!stack'], files[1], 5),
            runBeside(['--project', 'sim'], files[2], 19),
          ]);
    const counts = codes.map((code, index) => readCount(files[index], code));
    const [passed, failed] = ['passed', 'failed'].map((name) => counts.reduce((sum, count) => sum + count[name], 0));
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : Math.max(...codes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Its output comes at once when it has ended, so that lines of both do not mix. */
async function runBeside(args, file, niceness) {
  const { code, output } = await run(process.execPath, argsOf(args), { env: envOf(file), niceness });
  process.stdout.write(`\n${output}`);
  return code;
}

function argsOf(args) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'setup', 'test-count.js')}`];
  return [vitest, 'run', ...reporters, ...args];
}

function envOf(file) {
  return { ...process.env, MILLRACE_TEST_COUNT: file };
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

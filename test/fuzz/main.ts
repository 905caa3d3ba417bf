import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const targetsAll = ['frames', 'bodies', 'intake', 'workflows', 'streams', 'yaml'];
const usage = `Expected: npm run fuzz -- [--inputs N] [--seed S] [--only ${targetsAll.join('|')}]`;

function refuse(why: string): never {
  console.error(`${why} ${usage}`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string' },
  },
});
const { inputs, seed, only } = values;
if (!(Number.isSafeInteger(Number(inputs)) && Number(inputs) >= 1)) refuse('--inputs is a whole number of at least 1.');
if (!Number.isSafeInteger(Number(seed))) refuse('--seed is a whole number.');
if (only !== undefined && !targetsAll.includes(only)) refuse('--only names one target.');

console.error(`seed ${seed}, ${inputs} inputs for ${only ?? targetsAll.join(', ')}`);
const files = only === undefined ? ['frames', 'requests'] : [only === 'frames' ? 'frames' : 'requests'];
const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
const specs = files.map((file) => `test/fuzz/${file}.spec.ts`);
const env = {
  ...process.env,
  FUZZ_INPUTS: inputs,
  FUZZ_SEED: seed,
  ...(only === undefined ? {} : { FUZZ_ONLY: only }),
};
const child = spawn(process.execPath, [vitest, 'run', '--project', 'spec', ...specs], { env, stdio: 'inherit' });
child.once('exit', (code) => process.exit(code ?? 1));

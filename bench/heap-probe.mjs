import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Loaded into every service of a bench that asks for heaps: at SIGUSR2 the process collects its garbage and writes what is
// left, and what it held before, to a file named after it.
const folder = process.env['MILLRACE_BENCH_HEAPS'];
if (folder !== undefined && process.argv[1]?.includes('/apps/')) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    const before = process.memoryUsage();
    gc();
    gc();
    writeFileSync(`${folder}/${process.pid}.json`, JSON.stringify({ before, after: process.memoryUsage() }));
  });
}

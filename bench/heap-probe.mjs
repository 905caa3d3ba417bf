import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// Loaded into every service of a bench: at SIGUSR2 the process collects its garbage and writes what is left.
const folder = process.env['BENCH_HEAPS'];
if (folder !== undefined && isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const file = `${folder}/${process.pid}.json`;
    writeFileSync(`${file}.part`, JSON.stringify(heapUsed + external));
    renameSync(`${file}.part`, file);
  });
}

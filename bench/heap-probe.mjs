import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const nsPerMs = 1_000_000;

// Loaded into every service of a bench: at SIGUSR2 the process says for how long its loop paused at most since it was asked
// last, collects its garbage and writes what is left.
const folder = process.env['BENCH_HEAPS'];
if (folder !== undefined && isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  process.on('SIGUSR2', () => {
    const pauseMsMax = delays.max / nsPerMs;
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const file = `${folder}/${process.pid}.json`;
    writeFileSync(`${file}.part`, JSON.stringify({ heapBytes: heapUsed + external, pauseMsMax }));
    renameSync(`${file}.part`, file);
    // What collecting took is no pause of the service.
    setTimeout(() => delays.reset(), 50);
  });
}

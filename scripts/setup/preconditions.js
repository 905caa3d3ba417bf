import { statfsSync } from 'node:fs';
import { Obstacle } from './obstacle.js';
import { root } from './root.js';

const diskFreeMinBytes = 2 * 1024 ** 3;

/** Kafka's compression and the embedded Postgres are native code. */
export function needLinux() {
  if (process.platform === 'linux' && process.arch === 'x64') return;
  throw new Obstacle(
    `Millrace runs its own servers on Linux x64 only, and this is ${process.platform} ${process.arch}: use docker compose up, or a Linux machine.`,
  );
}

/** A broker that finds the disk full stops for good, so it is not started. */
export function needDisk() {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  if (free >= diskFreeMinBytes) return;
  throw new Obstacle(
    `Millrace needs 2 GiB of free disk for its packages and data, and ${root} has ${Math.floor(free / 1024 ** 2)} MiB: make room and run this again.`,
  );
}

import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../output/bytes.js';
import type { Facts } from '../facts.js';
import { fail, ok, warn, worst, type Verdict } from '../finding.js';

const failBytes = 200 * 1_024 * 1_024;
const warnBytes = 2 * 1_024 * 1_024 * 1_024;
const loopback = /^(localhost|127\.|::1|\[::1\])/;

/** How much room is left where log and rows are kept, as far as this machine can see it. */
export async function judgeDisk(facts: Facts): Promise<Verdict> {
  const cluster = await facts.cluster().catch(() => undefined);
  const database = await facts.database().catch(() => undefined);
  const { dataDir } = facts.places;
  const isHere = cluster?.brokers.every(({ host }) => loopback.test(host)) ?? false;
  const folders = [
    ...new Set([...(dataDir === undefined ? [] : [dataDir]), ...(isHere ? (cluster?.logDirs ?? []) : [])]),
  ];
  const judged = (await Promise.all(folders.map(judgeFolder))).flat();
  const size = database === undefined ? '' : `; the database holds ${formatBytes(database.sizeBytes)}`;
  if (judged.length > 0) {
    const found = worst(judged);
    return found.state === 'ok' ? ok(`${found.detail.replace(/\.$/, '')}${size}.`) : found;
  }
  const dirs = cluster === undefined ? '' : ` (${cluster.logDirs.join(', ')})`;
  return ok(`The disks of the brokers${dirs} cannot be seen from here: watch them where they are${size}.`);
}

/** Nothing where the folder is not there: it is another machine's. */
async function judgeFolder(folder: string): Promise<Verdict[]> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const detail = `${formatBytes(free)} of ${formatBytes(blocks * bsize)} are free at ${folder}.`;
    if (free < failBytes) return [fail(detail, 'Make room: a broker or a database whose disk is full stops.')];
    if (free < warnBytes) return [warn(detail, 'Make room before it is full: the log is kept for ever.')];
    return [ok(detail)];
  } catch {
    return [];
  }
}

import { formatBytes } from '../../output/bytes.js';
import type { Facts } from '../facts.js';
import { fail, ok, warn, type Verdict } from '../finding.js';

const versionMin = 15;
/** Of the connections that the server allows. */
const fullShare = 0.9;

/** Is it reachable, does it take writes, and has it connections left? */
export async function judgeDatabase(facts: Facts): Promise<Verdict> {
  const { address, version, isReadOnly, sizeBytes, connections, connectionsMax, clock } = await facts.database();
  const who = `Postgres ${version} at ${address}, ${formatBytes(sizeBytes)}, answers in ${clock.answeredAt - clock.askedAt} ms`;
  if (isReadOnly)
    return fail(`${who}, but takes only reads.`, 'Name the primary in DATABASE_URL, or promote this one.');
  if (Number.parseInt(version, 10) < versionMin) {
    return warn(
      `${who}, and is older than ${versionMin}.`,
      `Upgrade it: Millrace is tested with ${versionMin} and newer.`,
    );
  }
  const used = `${connections} of ${connectionsMax} connections`;
  if (connections > connectionsMax * fullShare) {
    return warn(`${who}, but ${used} are taken.`, 'Raise max_connections, or lower MILLRACE_QUERY_CONNECTIONS_MAX.');
  }
  return ok(`${who}, ${used}.`);
}

/** Do the tables belong to this version? */
export async function judgeMigrations(facts: Facts): Promise<Verdict> {
  const { applied, pending, changed, unknown, unfinished } = await facts.migrations();
  if (unknown.length > 0) {
    return fail(`The database belongs to a newer version: ${unknown.join(', ')}.`, 'Use that version of everything.');
  }
  if (changed.length > 0) {
    return fail(`Applied and changed since: ${changed.join(', ')}.`, 'Restore the files, and make a new migration.');
  }
  if (unfinished.length > 0) {
    return fail(`Begun by another tool and not ended: ${unfinished.join(', ')}.`, 'See its documentation.');
  }
  if (pending.length > 0) return fail(`Not applied yet: ${pending.join(', ')}.`, 'Run: millrace migrate');
  return ok(`All ${applied.length} migrations are applied.`);
}

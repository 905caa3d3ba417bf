import type { PartitionBorn } from '@millrace/domain';
import { topicsOf } from '@millrace/protocol';
import { checkBirths, type ProjectionPosition } from '@millrace/runtime';
import type { Facts, LogFacts } from '../facts.js';
import { fail, ok, warn, worst, type Verdict } from '../finding.js';

/** Does every partition of the log begin with its birth, in one log, and are the rows told by this log? */
export async function judgeLineage(facts: Facts): Promise<Verdict> {
  const { clusterId } = await facts.cluster();
  const log = await facts.log();
  const topic = topicsOf(facts.places.prefix).log;
  if (log.births.length === 0) return fail(`There is no ${topic}.`, 'Run: millrace topics apply');
  const unborn = log.births.flatMap((birth, partition) => (birth === undefined ? [partition] : []));
  if (unborn.length > 0) {
    return fail(`Partition ${unborn.join(', ')} of ${topic} has no birth yet.`, 'Run: millrace topics apply');
  }
  const births = log.births as readonly PartitionBorn[];
  checkBirths(topic, births.length, births);
  const [{ nonce, cluster }] = births as [PartitionBorn];
  const fine = ok(`${births.length} partitions of log ${nonce.slice(0, 8)}, each from its birth on.`);
  const elsewhere = `The log was born in cluster ${cluster}, and this is ${clusterId}.`;
  const moved =
    cluster === clusterId ? [] : [warn(elsewhere, 'Was it restored from a copy on purpose? Then all is well.')];
  const rows = await rowsOf(facts);
  return worst([fine, ...moved, ...rows.flatMap((row) => judgeRows(row, log, nonce))]);
}

/** Nothing where the database does not say: its own check tells. */
async function rowsOf(facts: Facts): Promise<readonly ProjectionPosition[]> {
  try {
    return await facts.positions();
  } catch {
    return [];
  }
}

function judgeRows({ partition, to, nonce }: ProjectionPosition, { bounds }: LogFacts, logNonce: string): Verdict[] {
  const remedy = 'Is DATABASE_URL that of this system? Else restore the log, or drop the rows and have them told anew.';
  if (nonce !== '' && nonce !== logNonce) {
    const detail = `The rows of partition ${partition} were told by log ${nonce.slice(0, 8)}, and this is ${logNonce.slice(0, 8)}.`;
    return [fail(detail, remedy)];
  }
  const end = bounds[partition]?.end;
  if (end !== undefined && to <= end) return [];
  const found = end === undefined ? 'the log has no such partition' : `the log ends at ${end}`;
  return [fail(`The rows of partition ${partition} go to offset ${to}, but ${found}.`, remedy)];
}

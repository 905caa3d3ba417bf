import type { Facts } from '../facts.js';
import { fail, ok, warn, worst, type Verdict } from '../finding.js';
import type { Heard } from '../read-heartbeats.js';

/** What a busy system may be behind for a moment, and where ingest begins to refuse (MILLRACE_INGEST_LAG_EVENTS_MAX counts events). */
const warnRecords = 10_000;
const failRecords = 1_000_000;
const waitingMax = 100_000;

/** How far dispatchers, rows and workers are behind the log and the task topics. */
export async function judgeLag(facts: Facts): Promise<Verdict> {
  const { bounds } = await facts.log();
  const { living } = await facts.heartbeats();
  const owners = positionsOf(living);
  const rows = new Map((await facts.positions().catch(() => [])).map(({ partition, to }) => [partition, to]));
  const behind = (positions: ReadonlyMap<number, number>): number =>
    bounds.reduce((most, { end }, partition) => Math.max(most, end - (positions.get(partition) ?? end)), 0);
  const unowned = bounds.flatMap((_, partition) => (owners.has(partition) ? [] : [partition]));
  const workers = (await facts.workerLag()).reduce((sum, { records }) => sum + records, 0);
  const hasWorkers = living.some(({ said }) => said.kind === 'worker');
  const text = `dispatchers ${behind(owners)}, rows ${behind(rows)} records of the worst partition, workers ${workers} records`;
  return worst([
    ok(`Behind: ${text}.`),
    ...(unowned.length > 0
      ? [fail(`Nobody owns partition ${unowned.join(', ')}.`, 'Start a dispatcher; a new owner claims within 20 s.')]
      : []),
    ...judge('The dispatcher', behind(owners), 'Look at its CPU and its log; start one more.'),
    ...judge('The rows', behind(rows), 'Look at the projector and at Postgres: its disk and its locks.'),
    ...(workers > 0 && !hasWorkers
      ? [warn(`${workers} records of tasks wait, and no worker is alive.`, 'Start a worker.')]
      : []),
    ...(hasWorkers && workers > waitingMax
      ? [
          warn(
            `${workers} records of tasks are not settled by workers.`,
            'Start more workers, or give them more slots.',
          ),
        ]
      : []),
  ]);
}

function judge(who: string, records: number, remedy: string): Verdict[] {
  if (records < warnRecords) return [];
  const detail = `${who} is ${records} records behind the log in the worst partition.`;
  return [records >= failRecords ? fail(detail, remedy) : warn(detail, remedy)];
}

/** Next offsets by partition, of the highest epoch that says so. */
function positionsOf(living: readonly Heard[]): ReadonlyMap<number, number> {
  const owned = living.flatMap(({ said }) => (said.kind === 'dispatcher' ? said.partitions : []));
  owned.sort((one, other) => one.epoch - other.epoch);
  return new Map(owned.map(({ partition, position }) => [partition, position]));
}

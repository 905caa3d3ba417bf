import { comparable, rowsOf, type ProjectionRows } from '@millrace/runtime/testing';
import type { Request } from '../workload/client.ts';
import { newerRules } from '../services/deploy.ts';
import { logPartitions, topics, type Brokers } from '../world/brokers.ts';
import type { SimDatabase } from '../world/sim-store.ts';
import type { FoldSightings } from './fold-sightings.ts';
import type { Oracles } from './oracles.ts';
import type { WoundedLogs } from './wounded-logs.ts';

export interface Resting {
  readonly oracles: Oracles;
  readonly brokers: Brokers;
  readonly database: SimDatabase;
  readonly sightings: FoldSightings;
  readonly requests: readonly Request[];
}

/** Requests that may be refused without a loss: another copy took effect, or the key is another body's. */
const harmless: ReadonlySet<string> = new Set(['already-requested', 'key-conflict', 'run-known', 'duplicate-frame']);

/** What must hold when the world has come to rest; gives the requests that were lost. */
export async function judgeAtRest({ oracles, brokers, database, sightings, requests }: Resting): Promise<number> {
  const { wounded } = oracles;
  if (wounded.partitions.length === 0) oracles.checked.observe({ kind: 'at-rest' });
  const judged = requests.filter(({ partition }) => !wounded.has(partition));
  const lost = judged.filter(({ acknowledged }) => [...acknowledged].some((run) => isLost(oracles, run)));
  for (const { acknowledged } of lost)
    oracles.report('nothing-lost', `${[...acknowledged].join()} was acknowledged and never ended`);
  const told = comparable(
    sound(
      await rowsOf(brokers.log, topics.log, logPartitions, wounded.partitions, oracles.witness.gaps, newerRules),
      wounded,
    ),
  ) as Record<string, readonly string[]>;
  const stored = comparable(sound(database.store.rows(), wounded)) as Record<string, readonly string[]>;
  for (const [table, rows] of Object.entries(told)) {
    const index = rows.findIndex((row, at) => row !== stored[table]![at]);
    if (index >= 0 || rows.length !== stored[table]!.length)
      oracles.report(
        'projection-is-fold',
        `${table}: the log tells ${rows[index]}, stored is ${stored[table]![index]}`,
      );
  }
  for (const [partition, state] of oracles.witness.states().entries()) {
    if (wounded.has(partition)) continue;
    for (const name of sightings.differing(partition, state))
      oracles.report('folds-agree', `${name} stands at ${state.position} of partition ${partition} with another state`);
  }
  return lost.length;
}

/** Without the rows that nobody can tell from the log any more. */
function sound(rows: ProjectionRows, wounded: WoundedLogs): ProjectionRows {
  if (wounded.partitions.length === 0) return rows;
  const isSound = (row: { readonly partition: number } | { readonly run: string }): boolean =>
    !wounded.has('partition' in row ? row.partition : Number.parseInt(row.run.slice(0, 4), 16));
  const tables = Object.entries({ ...rows, workflows: [] }) as [string, Parameters<typeof isSound>[0][]][];
  return Object.fromEntries(tables.map(([name, all]) => [name, all.filter(isSound)])) as unknown as ProjectionRows;
}

function isLost({ witness }: Oracles, run: string): boolean {
  if (witness.born.has(run)) return witness.born.get(run) === undefined;
  return !harmless.has(witness.refused.get(run) ?? '');
}

import type { BenchSystem } from './bench-system.ts';
import { cpuBetween } from './cpu-accounting.ts';
import type { Figures } from './figures.ts';
import { cpuPer, type Workload } from './workload.ts';

const bulkItems = 1_000;
const callers = 4;

/** Single no-op tasks in bulk requests of 1,000, four callers at once, until all are visible in Postgres. */
export const w1: Workload = {
  title: 'W1 single no-op tasks in bulk, visible in Postgres (per task)',
  sizeDefault: 100_000,
  warmUpSize: 200_000,
  roundsDefault: 5,
  async round(system, { size }) {
    const bodies = Math.ceil(size / bulkItems);
    const body = JSON.stringify({ items: Array.from({ length: bulkItems }, () => ({ handler: 'noop' })) });
    const tasks = bodies * bulkItems;
    const acceptedBefore = await system.accepted();
    const succeededBefore = await succeeded(system);
    const cpuBefore = system.cpu();
    const startedAt = performance.now();
    let left = bodies;
    const call = async (): Promise<void> => {
      while (left-- > 0) await system.post('/v1/bulk', body);
    };
    await Promise.all(Array.from({ length: callers }, call));
    const submittedAt = performance.now();
    // Asked of the accounts, one row a partition: counting rows would cost more than the tasks. Three entries a task.
    await system.until('all tasks to be visible', async () => (await system.accepted()) - acceptedBefore >= 3 * tasks);
    const visibleAt = performance.now();
    const cpu = cpuBetween(cpuBefore, system.cpu());
    await assertExactly(system, succeededBefore + tasks);
    return {
      tasksPerSecond: (tasks / (visibleAt - startedAt)) * 1_000,
      submitMs: submittedAt - startedAt,
      visibleMs: visibleAt - startedAt,
      ...cpuPer(tasks, cpu),
    } satisfies Figures;
  },
};

async function succeeded(system: BenchSystem): Promise<number> {
  const { rows } = await system.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM runs WHERE status = 'succeeded'`,
  );
  return rows[0]!.n;
}

/** Nothing lost, nothing doubled: every task is one succeeded run with one attempt. */
async function assertExactly(system: BenchSystem, runs: number): Promise<void> {
  let found = 0;
  await system
    .until('every task to be one succeeded run', async () => (found = await succeeded(system)) >= runs, {
      withinMs: 20_000,
    })
    .catch((cause: unknown) => {
      throw new Error(`Expected ${runs} succeeded runs, but found ${found}: the round is void.`, { cause });
    });
  if (found !== runs) throw new Error(`Expected ${runs} succeeded runs, but found ${found}: the round is void.`);
}

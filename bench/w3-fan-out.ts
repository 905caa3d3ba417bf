import { cpuBetween } from './cpu-accounting.ts';
import { submitAndWait } from './submit-and-wait.ts';
import { cpuPer, type Workload } from './workload.ts';

/** A root, 10,000 leaves and a join. */
export const w3: Workload = {
  title: 'W3 fan-out and join (whole run, visible in Postgres)',
  sizeDefault: 10_000,
  warmUpSize: 10_000,
  roundsDefault: 5,
  async round(system, { size }) {
    const leaves = Array.from({ length: size }, (_, index) => ({
      id: `leaf-${index}`,
      handler: 'noop',
      dependsOn: ['root'],
    }));
    const join = { id: 'join', handler: 'noop', dependsOn: leaves.map(({ id }) => id) };
    const definition = { name: 'fan-out', tasks: [{ id: 'root', handler: 'noop' }, ...leaves, join] };
    await system.post('/v1/workflows', JSON.stringify(definition));
    const cpuBefore = system.cpu();
    const { tookMs } = await submitAndWait(system, 'fan-out', size + 2);
    return { runMs: tookMs, ...cpuPer(size + 2, cpuBetween(cpuBefore, system.cpu())) };
  },
};

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { whenEnded } from '../support/ended.js';
import { loadFor, registerDiamond } from '../support/load.js';
import { startLocalSystem, type ProcessKind, type ServiceKind, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const services: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];
const kinds: readonly ProcessKind[] = [...services, 'postgres', 'kafka'];

let system: TestSystem;

beforeAll(async () => {
  system = await startLocalSystem({ handlers });
  await registerDiamond(system);
});
afterAll(() => system?.stop());

it.each(kinds)('loses nothing when a %s is killed under load, and every run ends', async (kind) => {
  const { acknowledged } = await loadFor(system, 4_500, () => {
    expect(system.kill(kind, 0)).toBe(true);
  });
  expect(acknowledged.length).toBeGreaterThan(100);
  const statuses = await whenEnded(system, acknowledged);
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
  for (const service of services) await system.whenReady(service);
});

it('shows in Postgres what a fold of the whole log gives, after all of that', async () => {
  expect(await differenceFromRebuild(system)).toBeUndefined();
});

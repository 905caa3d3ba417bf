import type { RulesView } from '@millrace/protocol';
import type { ServiceDirectory } from './service-directory.js';

/** Which rules are in force, who could fold more, and what could be raised. By heartbeats alone. */
export function reviewRules(services: ServiceDirectory, now: number): RulesView {
  const living = services.living(now);
  const partitions = [...services.owners(now)]
    .flatMap(([partition, { owned }]) => (owned.rules === undefined ? [] : [{ partition, rules: owned.rules }]))
    .sort((one, other) => one.partition - other.partition);
  const shown = living.map(({ said: { id, kind, knows }, at }) => ({
    ...{ id, kind, knows, heardAt: new Date(at).toISOString() },
  }));
  return { partitions, services: shown, ...verdict(partitions, shown), ...services.freshness(now) };
}

function verdict(
  partitions: RulesView['partitions'],
  services: RulesView['services'],
): Pick<RulesView, 'advanceTo' | 'detail'> {
  if (partitions.length === 0) {
    return {
      advanceTo: null,
      detail: 'No owner of a partition was heard lately: nobody knows which rules are in force.',
    };
  }
  const lowest = Math.min(...partitions.map(({ rules }) => rules));
  const next = lowest + 1;
  const behind = services.filter(({ knows }) => knows < next);
  if (behind.length === services.length) {
    return { advanceTo: null, detail: `Rules ${lowest} are the newest that the services heard lately know.` };
  }
  if (behind.length > 0) {
    const names = behind.slice(0, 5).map(({ id, knows }) => `${id} knows up to ${knows}`);
    return { advanceTo: null, detail: `Rules ${next} wait for ${behind.length} services: ${names.join(', ')}.` };
  }
  return { advanceTo: next, detail: `Every service heard lately knows rules ${next}.` };
}

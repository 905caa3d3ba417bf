import type { Instant, RunId, RunRequested } from '@millrace/domain';
import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';

/** A key is taken while its run lives and so long after. */
const keptMs = 24 * 60 * 60 * 1_000;
/** Keys of ended runs that a partition must remember. */
const endedMax = 200_000;

interface Taken {
  readonly run: RunId;
  readonly body: string;
}

/** I2: one run for each idempotency key and each run id, and a repetition is told from a conflict by its body. */
export const requestsOnce: RuleMaker = () => {
  const living = new Map<string, Taken>();
  const keys = new Map<RunId, string>();
  const ended = new Recent<string, Taken & { readonly endedAt: Instant }>(endedMax);
  return {
    rule: 'I2',
    entry({ item, verdict }, { runs, time }) {
      if (item.type !== 'RunRequested') return undefined;
      const isAccepted = verdict.kind === 'accepted';
      if (isAccepted && runs.has(item.run))
        return `Expected run ${item.run} to be requested once, but it lives and was accepted again.`;
      const { idempotency } = item;
      if (idempotency === undefined) return undefined;
      const key = keyOf(item);
      const over = ended.get(key);
      const taken = living.get(key) ?? (over !== undefined && time < over.endedAt + keptMs ? over : undefined);
      if (isAccepted) {
        living.set(key, { run: item.run, body: idempotency.body });
        keys.set(item.run, key);
        return taken === undefined
          ? undefined
          : `Expected the key ${idempotency.key} to stay that of run ${taken.run}, but run ${item.run} was accepted with it.`;
      }
      const reason = verdict.kind === 'rejected' ? verdict.reason : undefined;
      if (reason !== 'already-requested' && reason !== 'key-conflict') return undefined;
      const known = taken ?? over;
      if (known === undefined)
        return ended.hasForgotten
          ? undefined
          : `Expected the key ${idempotency.key} to be free, but ${item.run} was rejected: ${reason}.`;
      const isSame = known.body === idempotency.body;
      return isSame === (reason === 'already-requested')
        ? undefined
        : `Expected ${isSame ? 'the same body to be a repetition' : 'another body to be a conflict'}, but ${item.run} was rejected: ${reason}.`;
    },
    consequence(fact, _seen, { time }) {
      const key = fact.fact === 'ended' ? keys.get(fact.run) : undefined;
      if (fact.fact !== 'ended' || key === undefined) return;
      ended.set(key, { ...living.get(key)!, endedAt: time });
      living.delete(key);
      keys.delete(fact.run);
    },
  };
};

/** A key is the caller's, in its tenant and among what is kept together by another key of the request. */
function keyOf({ tenant, idempotency, ...rest }: RunRequested): string {
  const { orderingKey, concurrencyKey } = rest as { orderingKey?: string; concurrencyKey?: string };
  return JSON.stringify([tenant, orderingKey, concurrencyKey, idempotency!.key]);
}

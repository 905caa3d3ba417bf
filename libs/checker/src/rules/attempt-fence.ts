import type { RuleMaker } from '../rule.js';
import { attemptSaid } from './attempt-said.js';
import { attemptText } from './sentences.js';

/** I14: only the attempt in flight can start, report or be taken back, and where a claim holds only its nonce speaks for it. */
export const attemptFence: RuleMaker = () => ({
  rule: 'I14',
  entry({ item, entry, verdict }, { runs, workers, time }) {
    const said = verdict.kind === 'accepted' ? attemptSaid(item, entry) : undefined;
    if (said === undefined) return undefined;
    const what = `${item.type} of ${attemptText(said)}`;
    const flight = runs.get(said.run)?.flights.get(said.task);
    if (flight === undefined)
      return `Expected ${what} to be rejected, but it was accepted and no attempt is in flight.`;
    if (flight.attempt !== said.attempt)
      return `Expected ${what} to be rejected, but it was accepted and attempt ${flight.attempt} is in flight.`;
    if (said.by === 'start') {
      if (flight.isStarted)
        return `Expected ${what} to be rejected, but it was accepted and ${flight.worker} had started it.`;
      const lostAt = workers.get(said.worker!)?.lostAt;
      return lostAt !== undefined && lostAt >= time - 24 * 60 * 60 * 1_000
        ? `Expected ${what} to be rejected, but it was accepted and ${said.worker} is lost.`
        : undefined;
    }
    if (flight.claim !== said.claim)
      return `Expected ${what} to be rejected, but it was accepted with nonce ${said.claim ?? 'none'} where ${flight.claim ?? 'none'} holds.`;
    const isForeign = item.type === 'TaskReturned' && flight.isStarted && flight.worker !== item.worker;
    return isForeign
      ? `Expected ${what} to be rejected, but it was accepted from ${item.worker} where ${flight.worker} had started it.`
      : undefined;
  },
});

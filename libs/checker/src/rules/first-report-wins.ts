import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

/** What keeps any event from being judged. */
const general: ReadonlySet<string> = new Set(['duplicate-frame', 'not-born']);

/** I13: the first terminal report of the attempt in flight ends it; nothing else but what ends attempts without a report does. */
export const firstReportWins: RuleMaker = () => ({
  rule: 'I13',
  entry({ item, verdict }, { runs }) {
    if (item.type !== 'TaskFinished' || verdict.kind !== 'rejected' || general.has(verdict.reason)) return undefined;
    const run = runs.get(item.run);
    const flight = run?.flights.get(item.task);
    const isFirst = flight?.attempt === item.attempt && flight.claim === item.nonce && run!.closing === undefined;
    if (!isFirst || run!.isLarge) return undefined;
    return `Expected the first report of ${attemptText(item)} to be accepted, but it was rejected: ${verdict.reason}.`;
  },
  settled({ item, verdict }, { runs }) {
    if (item.type !== 'TaskFinished' || verdict.kind !== 'accepted') return undefined;
    const flight = runs.get(item.run)?.flights.get(item.task);
    return flight === undefined
      ? undefined
      : `Expected the accepted report to end ${attemptText(item)} but it is in flight still.`;
  },
});

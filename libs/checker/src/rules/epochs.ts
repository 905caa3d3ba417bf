import type { RuleMaker } from '../rule.js';

/** What only the owner of a partition writes. */
const ownersEvents: ReadonlySet<string> = new Set([
  'TasksDispatched', 'TasksRecalled', 'AttemptsOverran', 'StartsSeen', 'RunSwept', 'TimersFired', 'WorkersSeen', 'WorkerLost',
]); // prettier-ignore

/** I9: epochs are 1, 2, 3, ..., and nothing of an owner is accepted under another than the one in force. */
export const epochs: RuleMaker = () => ({
  rule: 'I9',
  entry({ item, verdict }, { epoch, rules }) {
    const isAccepted = verdict.kind === 'accepted';
    if (item.type === 'PartitionClaimed') {
      const isNext = item.epoch === epoch + 1 && item.knows >= rules;
      if (isAccepted && !isNext)
        return `Expected a claim of epoch ${epoch + 1} that knows rules ${rules}, but one of ${item.epoch} that knows ${item.knows} was accepted.`;
      const isRefused =
        verdict.kind === 'rejected' && verdict.reason !== 'duplicate-frame' && verdict.reason !== 'not-born';
      return isNext && isRefused
        ? `Expected the first claim of epoch ${item.epoch} to be accepted, but it was rejected: ${verdict.reason}.`
        : undefined;
    }
    if (!ownersEvents.has(item.type) || !('epoch' in item)) return undefined;
    if (isAccepted && item.epoch !== epoch)
      return `Expected ${item.type} under epoch ${epoch}, which is in force, but one under ${item.epoch} was accepted.`;
    const isOver = verdict.kind === 'rejected' && verdict.reason === 'epoch-over';
    return isOver && item.epoch === epoch
      ? `Expected ${item.type} under epoch ${epoch}, which is in force, to be judged, but it was rejected: epoch-over.`
      : undefined;
  },
});

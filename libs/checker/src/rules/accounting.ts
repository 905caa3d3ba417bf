import { splitEntries } from '../split-entries.js';
import { decodedFrame } from '../decoded-frame.js';
import type { RuleMaker } from '../rule.js';

/** I23: each entry of each item has exactly one verdict, and the accounts of a fold count them. */
export const accounting: RuleMaker = () => ({
  rule: 'I23',
  record(record, history) {
    if (record.offset < history.position) return undefined;
    return splitEntries(decodedFrame(record, history.rules).items, record.facts).fault;
  },
  observed(seen, { position, accepted, rejected, quarantined }) {
    if (seen.kind !== 'accounts' || seen.offset !== position) return undefined;
    if (seen.accepted === accepted && seen.rejected === rejected && seen.quarantined === quarantined) return undefined;
    return `Expected ${accepted} accepted, ${rejected} rejected and ${quarantined} quarantined below offset ${position}, but a fold counts ${seen.accepted}, ${seen.rejected} and ${seen.quarantined}.`;
  },
});

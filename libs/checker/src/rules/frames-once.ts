import type { Instant } from '@millrace/domain';
import { decodedFrame } from '../decoded-frame.js';
import type { RuleMaker } from '../rule.js';

const hourMs = 60 * 60 * 1_000;
/** A fold forgets a writer a day after its last frame, some time in the hour after that. */
const [keptMs, forgottenMs] = [24 * hourMs, 25 * hourMs];

/** I2: a frame whose seq is not above the last of its writer takes no effect, and every other one is judged. Bound: the writers of a day. */
export const framesOnce: RuleMaker = () => {
  const writers = new Map<string, { seq: number; at: Instant }>();
  let forgetAt = 0;
  let isRepeated: boolean | undefined;
  const forget = (time: Instant): void => {
    if (time < forgetAt) return;
    forgetAt = time + hourMs;
    for (const [by, { at }] of writers) if (at < time - forgottenMs) writers.delete(by);
  };
  return {
    rule: 'I2',
    record(record, history) {
      if (record.offset < history.position) return;
      const { by, seq, now } = decodedFrame(record, history.rules);
      isRepeated = undefined;
      if (seq < 1) return;
      const time = Math.max(history.time, Math.min(record.at, now + 60_000));
      forget(time);
      const last = writers.get(by);
      const isKnown = last !== undefined && last.at >= time - keptMs;
      if (last === undefined || isKnown) isRepeated = last !== undefined && seq <= last.seq;
      if (last === undefined || seq > last.seq) writers.set(by, { seq, at: time });
      else if (!isKnown) writers.set(by, { seq: last.seq, at: last.at });
    },
    entry({ item, verdict }) {
      if (item.type === 'unreadable' || isRepeated === undefined) return undefined;
      const isRefused = verdict.kind === 'rejected' && verdict.reason === 'duplicate-frame';
      if (isRefused === isRepeated) return undefined;
      if (isRepeated)
        return `Expected a frame that was sent again to take no effect, but ${item.type} in it was ${verdict.kind}.`;
      return `Expected a frame with a new seq to be judged, but ${item.type} in it was rejected: duplicate-frame.`;
    },
  };
};

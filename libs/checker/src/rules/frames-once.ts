import type { Instant } from '@millrace/domain';
import { decodedFrame } from '../decoded-frame.js';
import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';

const hourMs = 60 * 60 * 1_000;
/** A fold forgets a writer a day after its last frame, some time in the hour after that. */
const [keptMs, forgottenMs] = [24 * hourMs, 25 * hourMs];

/** Frames whose checksum is remembered. */
const framesMax = 20_000;

/**
 * I2: a frame whose seq is not above the last of its writer takes no effect, and every other one is judged. A writer gives no
 * two frames the same seq, or what is in the second is lost. Bound: the writers of a day.
 */
export const framesOnce: RuleMaker = () => {
  const writers = new Map<string, { seq: number; at: Instant }>();
  const checksums = new Recent<string, number>(framesMax);
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
      if (record.offset < history.position) return undefined;
      const { by, seq, now } = decodedFrame(record, history.rules);
      isRepeated = undefined;
      if (seq < 1) return undefined;
      const time = Math.max(history.time, Math.min(record.at, now + 60_000));
      forget(time);
      const last = writers.get(by);
      const isKnown = last !== undefined && last.at >= time - keptMs;
      if (last === undefined || isKnown) isRepeated = last !== undefined && seq <= last.seq;
      if (last === undefined || seq > last.seq) writers.set(by, { seq, at: time });
      else if (!isKnown) writers.set(by, { seq: last.seq, at: last.at });
      const name = `${by} ${seq}`;
      const checksum = checksums.get(name);
      if (checksum === undefined && record.crc !== undefined) checksums.set(name, record.crc);
      return isRepeated === true && checksum !== undefined && checksum !== record.crc
        ? `Expected frame ${seq} of ${by} to be sent again with the bytes that it had, but they are others.`
        : undefined;
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

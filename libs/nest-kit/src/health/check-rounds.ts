import type { Clock, Rounds } from '@millrace/runtime';
import type { Check } from './health.js';

/** Kafka answers where it answered any loop of the process within this time: the longest request takes 21 s. */
const answersMsMax = 30_000;
/** Loops that have been without any round for so long are stuck, whether Kafka answers another or not. */
const silentMsMax = 900_000;

/**
 * One check for all loops of a process that talk to Kafka: which of those that have something to do ended a round longest ago.
 * It lags until that one ends another, unless Kafka answers none of them: then it is Kafka that is waited for.
 */
export function checkRounds(clock: Clock, loops: Iterable<Rounds>): Check {
  const now = clock.uptimeMs();
  let answeredAt = -Infinity;
  let slowest: Rounds | undefined;
  for (const loop of loops) {
    answeredAt = Math.max(answeredAt, loop.answeredAt);
    if (loop.isBusy && (slowest === undefined || loop.at < slowest.at)) slowest = loop;
  }
  if (slowest === undefined) return { ready: true, detail: 'nothing to do' };
  const silentMs = Math.round(now - slowest.at);
  const detail = `${slowest.name}: the last round ended ${silentMs} ms ago`;
  const progress = `${slowest.name} ${slowest.at}`;
  if (now - answeredAt < answersMsMax || silentMs > silentMsMax) return { ready: true, detail, progress, lags: true };
  return { ready: true, detail, progress, lags: true, waitsFor: 'kafka' };
}

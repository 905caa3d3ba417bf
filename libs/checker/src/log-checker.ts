import type { RunId } from '@millrace/domain';
import { decodedFrame } from './decoded-frame.js';
import { PartitionHistory } from './history/partition-history.js';
import type { Observation, RecordFolded } from './observation.js';
import type { Found, Rule, RuleMaker } from './rule.js';
import { everyRule, everyRuleOfTheWorld } from './rules/index.js';
import { splitEntries } from './split-entries.js';
import type { Violation } from './violation.js';

export interface LogCheckerOptions {
  /** Default: all. */
  readonly rules?: readonly RuleMaker[];
  /**
   * Ended runs that are remembered in each partition, about 200 bytes each; default 100,000. What concerns a run that was
   * forgotten is not judged.
   */
  readonly endedRunsMax?: number;
}

interface Watched {
  readonly history: PartitionHistory;
  readonly rules: readonly Rule[];
}

/**
 * Judges what is seen of a system by the invariants. It reads the log by itself and follows what it means, from events and
 * verdicts alone and without the fold. Give it every record of a partition in order from offset 0, with what the fold under
 * test said of it, and whatever is seen of the world. A violation is told once, where it is seen first; the checker goes on
 * with what the fold said, so that one fault may make others visible.
 *
 * It holds, for each partition, what has not ended (a byte a task run and some 200 bytes for each that waits for time or for a
 * worker or is in flight), and else what its options bound.
 */
export class LogChecker {
  readonly #partitions = new Map<number, Watched>();
  readonly #makers: readonly RuleMaker[];
  readonly #endedRunsMax: number;
  readonly #ofTheWorld: readonly Rule[];

  constructor({ rules = everyRule, endedRunsMax = 100_000 }: LogCheckerOptions = {}) {
    this.#makers = rules;
    this.#ofTheWorld = everyRuleOfTheWorld.map((make) => make());
    this.#endedRunsMax = endedRunsMax;
  }

  /** A record that was given before is only compared with what it was. */
  record(record: RecordFolded): Violation[] {
    const watched = this.#watched(record.partition);
    const { history } = watched;
    const found: Violation[] = [];
    each(watched, found, (rule) => rule.record?.(record, history), record.offset);
    if (record.offset < history.position) return found;
    const frame = decodedFrame(record, history.rules);
    const { entries } = splitEntries(frame.items, record.facts);
    history.takeRecord(record.offset, record.at, frame);
    for (const seen of entries) {
      each(watched, found, (rule) => rule.entry?.(seen, history));
      history.takeEntry(seen);
      for (const fact of seen.consequences) {
        each(watched, found, (rule) => rule.consequence?.(fact, seen, history));
        history.takeConsequence(fact, seen);
      }
      each(watched, found, (rule) => rule.settled?.(seen, history));
    }
    return found;
  }

  observe(observation: Observation): Violation[] {
    const found: Violation[] = [];
    const concerned = this.#concerned(observation);
    const { history: first } = concerned[0] ?? this.#watched(0);
    each({ history: first, rules: this.#ofTheWorld }, found, (rule) => rule.observed?.(observation, first));
    for (const watched of concerned) {
      const { history } = watched;
      each(watched, found, (rule) => rule.observed?.(observation, history));
      if (observation.kind === 'gap-passed') history.position = Math.max(history.position, observation.to);
    }
    return found;
  }

  #concerned(observation: Observation): readonly Watched[] {
    if ('partition' in observation) return [this.#watched(observation.partition)];
    if ('run' in observation) return [this.#watched(partitionOf(observation.run))];
    return [...this.#partitions.values()];
  }

  #watched(partition: number): Watched {
    let watched = this.#partitions.get(partition);
    if (watched === undefined) {
      const history = new PartitionHistory(partition, this.#endedRunsMax);
      watched = { history, rules: this.#makers.map((make) => make()) };
      this.#partitions.set(partition, watched);
    }
    return watched;
  }
}

function each(
  { history, rules }: Watched,
  found: Violation[],
  judge: (rule: Rule) => Found,
  offset = history.offset,
): void {
  for (const rule of rules) {
    const said = judge(rule);
    if (said === undefined) continue;
    for (const sentence of typeof said === 'string' ? [said] : said) {
      found.push({ rule: rule.rule, partition: history.partition, offset, sentence });
    }
  }
}

/** A run id begins with its partition in hex. */
function partitionOf(run: RunId): number {
  return Number.parseInt(run.slice(0, 4), 16);
}

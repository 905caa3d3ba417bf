import type { Band, DispatchEntry, Instant } from '@millrace/domain';
import type { PartitionHistory } from '../history/partition-history.js';
import { attemptText } from '../rules/sentences.js';
import type { FlightCounts } from './flight-counts.js';
import type { Waiting, WaitingLine } from './waiting-line.js';
import type { WaitingTasks } from './waiting-tasks.js';

/** What has waited for so long counts as critical: docs/design.md, section 10. */
const promotedAfterMs: Partial<Record<Band, number>> = { 3: 5_000, 2: 8_000 };
const highest: Band = 5;

/** A line, and the credits of the workers that serve it. */
interface Served {
  readonly line: WaitingLine;
  readonly workers: readonly { readonly id: string; readonly credits: number }[];
}
interface Place {
  readonly waiting: Waiting;
  readonly band: Band;
  readonly effective: Band;
  readonly isOwed: boolean;
}

/** One decision: its entries are judged one after the other, each before what follows from it is taken up. */
export class Choice {
  readonly #waiting: WaitingTasks;
  readonly #flights: FlightCounts;
  readonly #history: PartitionHistory;
  /** Partition time at `basis`. */
  readonly #time: Instant;
  readonly #served: readonly Served[];

  constructor(waiting: WaitingTasks, flights: FlightCounts, history: PartitionHistory, time: Instant) {
    this.#waiting = waiting;
    this.#flights = flights;
    this.#history = history;
    this.#time = time;
    this.#served = [...waiting.queues.values()].flatMap(({ lines }) =>
      Array.from(lines, (line) => ({ line, workers: workersOf(line, history) })),
    );
  }

  /** A sentence on what the entry has passed over. */
  judge({ run, task }: DispatchEntry): string | undefined {
    const waiting = this.#waiting.find(run, task);
    if (waiting?.line === undefined) return undefined;
    const taken = this.#placeOf(waiting, waiting.line);
    for (const { line, workers } of this.#served) {
      const head = line.head;
      if (head === undefined || head === waiting || this.#isClosing(head)) continue;
      const other = this.#placeOf(head, line);
      if (!goesBefore(other, taken) || !workers.some(({ id, credits }) => this.#flights.of(id) < credits)) continue;
      return `Expected ${placeText(other)} to go first, for a worker with free credit serves it, but ${placeText(taken)} did.`;
    }
    return undefined;
  }

  #placeOf(waiting: Waiting, { band, queue }: WaitingLine): Place {
    const isPromoted = this.#time - waiting.since >= (promotedAfterMs[band] ?? Infinity);
    const isOwed = this.#waiting.queues.get(queue)!.isOwed(band);
    return { waiting, band, effective: isPromoted ? highest : band, isOwed };
  }

  /** A large run that has ended is swept in slices; until then what waits of it is nobody's. */
  #isClosing({ run: id }: Waiting): boolean {
    const run = this.#history.runs.get(id);
    return run === undefined || (run.isLarge && (run.closing !== undefined || run.closeBy <= this.#time));
  }
}

function workersOf({ queue, handler }: WaitingLine, { workers }: PartitionHistory): Served['workers'] {
  return [...workers].flatMap(
    ([
      id,
      {
        seen: [line],
      },
    ]) => {
      const serves = line !== undefined && line.handlers.includes(handler) && Object.hasOwn(line.queues, queue);
      return serves && line.queues[queue]!.length > 0 ? [{ id, credits: line.credits }] : [];
    },
  );
}

function goesBefore(one: Place, other: Place): boolean {
  if (one.isOwed !== other.isOwed) return one.isOwed;
  const [first, second] = one.isOwed ? [one.band, other.band] : [one.effective, other.effective];
  return first === second ? one.waiting.seq < other.waiting.seq : first > second;
}

function placeText({ waiting, band, effective, isOwed }: Place): string {
  const more = isOwed ? ', which is owed its share,' : effective > band ? `, promoted to ${effective},` : '';
  return `${attemptText(waiting)} of band ${band}${more}`;
}

import { randomInt } from 'node:crypto';
import type { Event } from '@millrace/domain';
import { problemOf, type LogBirths, type ProblemBody } from '@millrace/nest-kit';
import { partitionOfKey, type RequestVerdict } from '@millrace/protocol';
import type { LogGate } from '../log/log-gate.js';
import { type Answer, answerOf, type Item, type ItemOrProblem } from '@millrace/protocol/requests';
import type { VerdictBook } from '../verdicts/verdict-book.js';
import type { Pinning } from '../workflows/pinning.js';
import { ItemTally } from './item-tally.js';
import type { References, Resolved } from './references.js';
import { newRunIds } from './run-ids.js';

/** A bulk is spread so that each partition gets one group of about this many items: whole frames, and all owners work. */
const groupItems = 128;

interface Wanted {
  readonly place: number;
  readonly resolved: Resolved;
}

/** Puts what is asked for into the log, and answers each item by itself. */
export class Submission {
  /** What became of all items since it was made. */
  readonly tally = new ItemTally();
  #next = randomInt(65_536);

  constructor(
    private readonly births: LogBirths,
    private readonly references: References,
    private readonly pinning: Pinning,
    private readonly gate: LogGate,
    private readonly verdicts: VerdictBook<RequestVerdict>,
  ) {}

  /** By the place in the request. Throws a 503 `ServiceProblem` where nothing can be taken now. */
  async submit(read: readonly ItemOrProblem[]): Promise<Answer[]> {
    try {
      const answers = await this.#submit(read);
      this.tally.answered(answers);
      return answers;
    } catch (error) {
      this.tally.failed(error, read.length);
      throw error;
    }
  }

  async #submit(read: readonly ItemOrProblem[]): Promise<Answer[]> {
    const { partitions } = this.births;
    const answers: Answer[] = new Array(read.length);
    const places: number[] = [];
    const items: Item[] = [];
    read.forEach((each, place) => {
      if ('problem' in each) answers[place] = each;
      else {
        places.push(place);
        items.push(each.item);
      }
    });
    const wanted: Wanted[] = [];
    (await this.references.resolve(items)).forEach((outcome, index) => {
      const place = places[index]!;
      if ('problem' in outcome) answers[place] = outcome;
      else wanted.push({ place, resolved: outcome });
    });
    await Promise.all(
      [...this.#spread(wanted, partitions)].map(async ([partition, group]) => {
        const logged = await this.#log(
          partition,
          group.map(({ resolved }) => resolved),
        );
        group.forEach(({ place }, nth) => (answers[place] = Array.isArray(logged) ? logged[nth]! : logged));
      }),
    );
    return answers;
  }

  /** Items with a key to the partition that it hashes to, those of a large workflow to where it is, the others anywhere. */
  #spread(wanted: readonly Wanted[], partitions: number): Map<number, Wanted[]> {
    const spread = new Map<number, Wanted[]>();
    const add = (partition: number, group: readonly Wanted[]): void => {
      if (group.length > 0) spread.set(partition, [...(spread.get(partition) ?? []), ...group]);
    };
    const free: Wanted[] = [];
    const keyed = Map.groupBy(wanted, (each) => {
      const { item, workflow } = each.resolved;
      const { tenant, idempotency } = item.event;
      if (idempotency !== undefined) return partitionOfKey(tenant, idempotency.key, partitions);
      const home = workflow === undefined ? undefined : this.pinning.homeOf(workflow);
      if (home === undefined) free.push(each);
      return home;
    });
    for (const [partition, group] of keyed) if (partition !== undefined) add(partition, group);
    if (free.length === 0) return spread;
    const groups = Math.min(partitions, Math.ceil(free.length / groupItems));
    const chosen = this.gate.choose(partitions, this.#turn(groups), groups);
    const size = Math.ceil(free.length / chosen.length);
    chosen.forEach((partition, index) => add(partition, free.slice(index * size, (index + 1) * size)));
    return spread;
  }

  /** One request's items for one partition; a version that is not in force there goes first. */
  async #log(partition: number, group: readonly Resolved[]): Promise<Answer[] | { problem: ProblemBody }> {
    const runs = newRunIds(partition, group.length);
    const items: Event[] = group.map(({ item, workflow }, index) => {
      const run = runs[index]!;
      if (workflow === undefined) return { ...item.event, run };
      return { ...item.event, run, workflow: { name: workflow.name, version: workflow.version } };
    });
    const workflows = group.flatMap(({ workflow }) => workflow ?? []);
    const payloadBytes = group.reduce((sum, { item }) => sum + item.payloadBytes, 0);
    const asking = runs.filter((_, index) => asks(group[index]!));
    let awaited: ReturnType<typeof this.verdicts.expect> | undefined;
    try {
      this.gate.assertOpen(partition);
      if (workflows.length > 0) await this.pinning.pinLarge(partition, workflows);
      if (asking.length > 0) awaited = this.verdicts.expect(asking);
      const pinned = this.pinning.pin(partition, workflows);
      pinned.catch(() => {}); // It is awaited below, unless the gate is shut.
      const [appended] = await Promise.all([this.gate.append(partition, items, payloadBytes), pinned]);
      const position = { partition, offset: String(appended.offset + 1) };
      const verdicts = await awaited?.within();
      return runs.map((run, index) =>
        verdicts !== undefined && asks(group[index]!) ? answerOf(run, position, verdicts.get(run)) : { run, position },
      );
    } catch (error) {
      return { problem: problemOf(error) };
    } finally {
      awaited?.drop();
    }
  }

  #turn(groups: number): number {
    const first = this.#next;
    this.#next = (this.#next + groups) % 65_536;
    return first;
  }
}

function asks({ item: { event } }: Resolved): boolean {
  return event.idempotency !== undefined || event.asksVerdict === true;
}

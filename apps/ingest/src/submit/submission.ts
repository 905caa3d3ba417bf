import { randomInt } from 'node:crypto';
import type { Event } from '@millrace/domain';
import { problemOf, type LogBirths, type ProblemBody } from '@millrace/nest-kit';
import type { LogGate } from '../log/log-gate.js';
import type { Pinning } from '../workflows/pinning.js';
import type { Item, ItemOrProblem } from './item.js';
import type { References, Resolved } from './references.js';
import { newRunIds } from './run-ids.js';

/** In the log: `offset` is the next one of its partition. */
export interface Logged {
  readonly run: string;
  readonly position: { readonly partition: number; readonly offset: string };
}
export type Answer = Logged | { readonly problem: ProblemBody };

/** A bulk is spread so that each partition gets one group of about this many items: whole frames, and all owners work. */
const groupItems = 128;

/** Puts what is asked for into the log, and answers each item by itself. */
export class Submission {
  #next = randomInt(65_536);

  constructor(
    private readonly births: LogBirths,
    private readonly references: References,
    private readonly pinning: Pinning,
    private readonly gate: LogGate,
  ) {}

  /** By the place in the request. Throws a 503 `ServiceProblem` where nothing can be taken now. */
  async submit(read: readonly ItemOrProblem[]): Promise<Answer[]> {
    const partitions = this.births.partitions;
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
    const wanted: { place: number; resolved: Resolved }[] = [];
    (await this.references.resolve(items)).forEach((outcome, index) => {
      const place = places[index]!;
      if ('problem' in outcome) answers[place] = outcome;
      else wanted.push({ place, resolved: outcome });
    });
    if (wanted.length === 0) return answers;

    const groups = Math.min(partitions, Math.ceil(wanted.length / groupItems));
    const chosen = this.gate.choose(partitions, this.#turn(groups), groups);
    const size = Math.ceil(wanted.length / chosen.length);
    await Promise.all(
      chosen.map(async (partition, index) => {
        const group = wanted.slice(index * size, (index + 1) * size);
        if (group.length === 0) return;
        const logged = await this.#log(
          partition,
          group.map(({ resolved }) => resolved),
        );
        group.forEach(({ place }, nth) => (answers[place] = Array.isArray(logged) ? logged[nth]! : logged));
      }),
    );
    return answers;
  }

  /** One request's items for one partition; a version that is not in force there goes first. */
  async #log(partition: number, group: readonly Resolved[]): Promise<Logged[] | { problem: ProblemBody }> {
    const runs = newRunIds(partition, group.length);
    const items: Event[] = group.map(({ item, workflow }, index) => {
      const run = runs[index]!;
      if (workflow === undefined) return { ...item.event, run };
      return { ...item.event, run, workflow: { name: workflow.name, version: workflow.version } };
    });
    const payloadBytes = group.reduce((sum, { item }) => sum + item.payloadBytes, 0);
    try {
      const pinned = this.pinning.pin(
        partition,
        group.flatMap(({ workflow }) => workflow ?? []),
      );
      pinned.catch(() => {}); // It is awaited below, unless the gate is shut.
      const [appended] = await Promise.all([this.gate.append(partition, items, payloadBytes), pinned]);
      const position = { partition, offset: String(appended.offset + 1) };
      return runs.map((run) => ({ run, position }));
    } catch (error) {
      return { problem: problemOf(error) };
    }
  }

  #turn(groups: number): number {
    const first = this.#next;
    this.#next = (this.#next + groups) % 65_536;
    return first;
  }
}

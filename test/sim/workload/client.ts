import { runIdOf, type Event } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { LogWriter } from '@millrace/runtime';
import { logPartitions, topics } from '../world/brokers.ts';
import type { Chance } from '@millrace/runtime/in-memory';
import type { SimProcess } from '../world/sim-process.ts';
import { SimWriter } from '../world/sim-writer.ts';
import type { ServiceWorld } from '../services/service-world.ts';
import { randomTask, randomWorkflow } from './random-workflow.ts';

/** Somebody wants a run, and asks again where nobody answered. */
export interface Request {
  readonly partition: number;
  readonly events: (run: string) => readonly Event[];
  readonly isKeyed: boolean;
  /** Runs that it was given a yes for. */
  readonly acknowledged: Set<string>;
  run: string;
  isOver: boolean;
}

const askAgainMs = 2_500;
const triesMax = 20;
/** An append that is under way lands within this. */
const resumeAgainMs = 6_000;
/** So often it is resumed after the last pause was answered. */
const resumeRounds = 3;

/**
 * Users: requests of runs, and what is done to runs, each sent to whichever ingest lives. As by the real one, nothing of it goes
 * into the next frame where one was given up: the run may have ended before what was given up lands.
 */
export class Client {
  readonly requests: Request[] = [];
  readonly #world: ServiceWorld;
  readonly #chance: Chance;
  #ingest: { readonly process: SimProcess; readonly writer: LogWriter } | undefined;
  readonly #paused = new Set<string>();
  /** Pauses that are sent until they are in the log. */
  readonly #pausesOpen = new Set<string>();
  #commands = 0;
  /** Commands that are sent until they are in the log. */
  #open = 0;

  constructor(world: ServiceWorld, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
  }

  /** Is everything sent and answered? */
  get isDone(): boolean {
    return this.#open === 0 && this.requests.every(({ isOver }) => isOver);
  }

  serveBy(process: SimProcess): void {
    const { clock, journal } = process;
    const { giveUpMs } = this.#world;
    const by = `ingest-${this.#world.chance.hex(8)}`;
    this.#ingest = {
      process,
      writer: new LogWriter({
        writer: new SimWriter(process, this.#world),
        topic: topics.log,
        by,
        clock,
        journal,
        giveUpMs,
      }),
    };
  }

  /** Requests about `tasks` task runs over `forMs`, and commands about some of them. */
  plan(tasks: number, forMs: number): void {
    for (let planned = 0; planned < tasks;) {
      const size = this.#chance.happens(0.4) ? 1 : this.#chance.between(2, 6);
      planned += size;
      const request = this.#request(size);
      this.requests.push(request);
      this.#later(this.#chance.below(forMs), 'a request', () => this.#send(request, 0));
      if (this.#chance.happens(0.06))
        this.#later(this.#chance.below(forMs), 'a duplicate', () => this.#send(request, 0));
      if (this.#chance.happens(0.12))
        this.#command(forMs, request, (run, command) => given.cancelled({ run, command }));
      if (this.#chance.happens(0.12)) {
        this.#command(forMs, request, (run, command) => {
          this.#paused.add(run);
          this.#pausesOpen.add(command);
          return given.paused({ run, command });
        });
      }
      if (this.#chance.happens(0.1))
        this.#command(forMs, request, (run, command) => given.prioritized({ run, command, band: 5 }));
    }
  }

  /** Everything that was paused goes on; again, until no pause that was under way can land any more. */
  resumeAll(roundsLeft = resumeRounds): void {
    for (const run of this.#paused) {
      const command = `resume-${++this.#commands}`;
      this.#sendCommand(Number.parseInt(run.slice(0, 4), 16), given.resumed({ run, command }));
    }
    const left = this.#pausesOpen.size > 0 ? resumeRounds : roundsLeft;
    if (left > 1) this.#later(resumeAgainMs, 'resumes', () => this.resumeAll(left - 1));
  }

  /** An operator accepts what the log has lost. */
  acceptGap(partition: number, from: number, to: number): void {
    this.#sendCommand(partition, given.gapAccepted({ from, to, command: `gap-${from}` }));
  }

  #request(size: number): Request {
    const { queuePlan } = this.#world;
    const chance = this.#chance;
    const partition = chance.below(logPartitions);
    const isKeyed = chance.happens(0.5);
    const key = isKeyed
      ? given.keyed(`key-${chance.happens(0.1) ? 0 : chance.hex(6)}`, chance.happens(0.1) ? 'other' : 'same')
      : {};
    const more = {
      ...key,
      ...(chance.happens(0.15) && { delayMs: chance.between(1, 4_000) }),
      ...(chance.happens(0.08) && { scheduleToCloseMs: chance.between(1_000, 20_000) }),
      ...(chance.happens(0.1) && { input: 'far'.repeat(chance.between(1, 200)) }),
    };
    const definition = size > 1 ? randomWorkflow(chance, size, (spec) => queuePlan.inQueue(spec)) : undefined;
    const task = queuePlan.inQueue(randomTask(chance));
    const events = (run: string): readonly Event[] =>
      definition === undefined
        ? [given.singleRequested(task, { run, ...more })]
        : given.requested(definition, { run, ...more });
    return { partition, events, isKeyed, acknowledged: new Set(), run: this.#runId(partition), isOver: false };
  }

  #runId(partition: number): string {
    return runIdOf(partition, this.#chance.hex(32));
  }

  /** Every time it asks, ingest draws another run id: without a key two runs may come of it. */
  #send(request: Request, tries: number): void {
    const { partition } = request;
    const run = (request.run = this.#runId(partition));
    const again = (): void => {
      if (request.acknowledged.size > 0) return;
      if (tries >= triesMax) return void (request.isOver = true);
      this.#send(request, tries + 1);
    };
    this.#later(askAgainMs, 'nobody answered', again);
    const ingest = this.#ingest;
    if (ingest?.process.isAlive !== true) return;
    ingest.writer.append(partition, request.events(run), 'reject').then(
      () => {
        request.acknowledged.add(run);
        this.#world.acknowledged(run);
        request.isOver = true;
      },
      () => undefined,
    );
  }

  #command(forMs: number, request: Request, event: (run: string, command: string) => Event): void {
    this.#later(this.#chance.below(forMs), 'a command', () =>
      this.#sendCommand(request.partition, event(request.run, `command-${++this.#commands}`)),
    );
  }

  #sendCommand(partition: number, event: Event): void {
    this.#open += 1;
    let isOver = false;
    const send = (): void => {
      if (isOver) return;
      this.#later(askAgainMs, 'nobody answered', send);
      if (this.#ingest?.process.isAlive !== true) return;
      this.#ingest.writer.append(partition, [event], 'reject').then(
        () => {
          if (isOver) return;
          isOver = true;
          this.#open -= 1;
          if ('command' in event) this.#pausesOpen.delete(event.command);
        },
        () => undefined,
      );
    };
    send();
  }

  #later(delayMs: number, label: string, run: () => void): void {
    this.#world.scheduler.after(delayMs, undefined, label, run);
  }
}

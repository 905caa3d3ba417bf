import { ensureBorn } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { FaultPlan, type FaultClass } from './faults/fault-plan.ts';
import { bearNewer } from './faults/foreign-records.ts';
import { showWounds } from './faults/wounds.ts';
import { Deploys } from './faults/deploys.ts';
import { Strikes } from './faults/strikes.ts';
import { judgeAtRest } from './oracles/at-rest.ts';
import { FoldSightings } from './oracles/fold-sightings.ts';
import { Oracles, type Violation } from './oracles/oracles.ts';
import { Deploy } from './services/deploy.ts';
import { Fleet } from './services/fleet.ts';
import { Standings } from './services/standing.ts';
import type { ServiceWorld } from './services/service-world.ts';
import { Client } from './workload/client.ts';
import { QueuePlan } from './workload/queue-plan.ts';
import { Performances } from './workload/performances.ts';
import { Brokers, logPartitions, taskPartitions, topics } from './world/brokers.ts';
import { Chance } from '@millrace/runtime/in-memory';
import { giveUpMsOf } from './world/give-up.ts';
import { HintGroup } from './world/hint-group.ts';
import { Scheduler } from './world/scheduler.ts';
import { SimDatabase } from './world/sim-store.ts';
import { Story } from './world/story.ts';
import { TaskGroup } from './world/task-group.ts';
import type { ExecutedKind } from './totals.ts';

/** Task runs that a scenario requests, about; what else it does takes as long as faults strike. */
const tasksAbout = 13;
const workForMs = 9_000;
const strikesForMs = 12_000;
/** After the faults everything comes to rest within so many steps. */
export const healStepsMax = 40_000;
const restLookSteps = 40;

export interface ScenarioOptions {
  readonly seed: number;
  /** Classes of faults that do not strike. */
  readonly without?: ReadonlySet<FaultClass>;
  /** Keeps so many of the last things that happened. Default none. */
  readonly storyLinesMax?: number;
  /** Also what happens all the time: timers, fetches, heartbeats. Default false. */
  readonly isStoryWhole?: boolean;
}

export interface ScenarioResult {
  readonly seed: number;
  /** Classes of faults that were left out. */
  readonly without: ReadonlySet<FaultClass>;
  readonly tasks: number;
  readonly events: number;
  readonly faults: ReadonlyMap<FaultClass, number>;
  readonly violations: readonly Violation[];
  readonly lost: number;
  readonly isStuck: boolean;
  /** Attempts that were executed, and how often in all; by what is promised of their handlers. */
  readonly executed: Readonly<
    Record<ExecutedKind, { readonly attempts: number; readonly times: number; readonly timesMax: number }>
  >;
  /** Of maimed partitions, each by one process. */
  readonly halts: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly story: readonly string[];
}

/** One simulated world from its seed: work under faults, healing, rest, judgement. */
export class Scenario {
  readonly #options: ScenarioOptions;
  readonly #scheduler: Scheduler;
  readonly #oracles: Oracles;
  readonly #world: ServiceWorld;
  readonly #client: Client;
  readonly #fleet: Fleet;
  readonly #deploys: Deploys;
  readonly #story: Story;
  #healedMs = Infinity;

  constructor(options: ScenarioOptions) {
    this.#options = options;
    const chance = new Chance(options.seed);
    this.#story = new Story(options.storyLinesMax, options.isStoryWhole);
    const scheduler = (this.#scheduler = new Scheduler(chance.fork(), this.#story));
    const faults = new FaultPlan(
      options.seed,
      chance.fork(),
      (kind) => this.#story.tell(scheduler.nowMs, 'FAULT', kind),
      options.without,
    );
    const queuePlan = new QueuePlan(options.seed);
    const oracles = (this.#oracles = new Oracles(scheduler));
    this.#world = {
      ...{
        scheduler,
        faults,
        chance: chance.fork(),
        database: new SimDatabase(oracles),
        deploy: new Deploy(),
        sightings: new FoldSightings((rule, what) => oracles.report(rule, what)),
        deliveries: oracles.deliveries,
        giveUpMs: giveUpMsOf(options.seed),
        standings: new Standings(),
        wounded: oracles.wounded,
        gapped: (partition: number, from: number, to: number) => oracles.gapped(partition, from, to),
        cut: (log: InMemoryPartition) => oracles.cut(log),
      },
      queuePlan,
      brokers: new Brokers(scheduler, (log) => oracles.landed(log), queuePlan.queues),
      passed: (process, log, from, to) =>
        oracles.settled.passed({ log, from, to, ids: this.#world.performances.idsOf(process) }),
      acknowledged: (run) => oracles.checked.observe({ kind: 'acknowledged', run }),
      logState: (partition) => oracles.witness.states()[partition]!,
      dispatchers: new HintGroup(logPartitions),
      projectors: new HintGroup(logPartitions),
      workers: new TaskGroup(scheduler, taskPartitions),
      performances: new Performances(chance.fork(), faults, oracles.attempts),
    };
    this.#client = new Client(this.#world, chance.fork());
    this.#fleet = new Fleet(this.#world, this.#client);
    this.#deploys = new Deploys(this.#world, this.#fleet);
  }

  async run(): Promise<ScenarioResult> {
    const { turns } = this.#scheduler;
    const uninstall = turns.install();
    let isStuck = false;
    let lost = 0;
    try {
      await this.#bear();
      this.#fleet.start();
      this.#client.plan(tasksAbout, workForMs);
      this.#deploys.begin();
      new Strikes(this.#world, this.#fleet, this.#client).begin();
      const healAtMs = this.#scheduler.nowMs + strikesForMs;
      await turns.drive(() => this.#isSound && this.#scheduler.nowMs < healAtMs && this.#scheduler.step());
      this.#heal();
      isStuck = this.#isSound && !(await this.#comeToRest()) && this.#isSound;
      if (!isStuck && this.#isSound)
        lost = await judgeAtRest({ ...this.#world, oracles: this.#oracles, requests: this.#client.requests });
      if (isStuck) this.#oracles.report('comes-to-rest', this.#unfinished());
    } catch (error) {
      this.#oracles.report('no-throw', error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      uninstall();
    }
    return this.#result(isStuck, lost);
  }

  get #isSound(): boolean {
    return this.#oracles.violations.length === 0;
  }

  async #bear(): Promise<void> {
    const { brokers, chance, faults } = this.#world;
    if (faults.strikes('newer-rules', 0.02)) bearNewer(this.#world);
    const landed = (): void => {
      for (let partition = 0; partition < logPartitions; partition++)
        this.#oracles.landed(brokers.log.partition(topics.log, partition));
    };
    await ensureBorn({
      ...{ reader: brokers.log.reader(), writer: brokers.log, topic: topics.log, partitions: logPartitions },
      ...{ cluster: 'sim', clock: brokers.log.clock, nonce: () => chance.hex(32) },
    });
    landed();
  }

  #heal(): void {
    const { faults, brokers, database } = this.#world;
    faults.isHealed = true;
    brokers.isDown = false;
    brokers.stillAtMs = undefined;
    brokers.leapMs = 0;
    database.isDown = false;
    this.#story.tell(this.#scheduler.nowMs, 'world', 'HEALS');
    this.#deploys.finish();
    this.#fleet.heal();
    this.#client.resumeAll();
    showWounds(this.#world);
  }

  async #comeToRest(): Promise<boolean> {
    const until = this.#scheduler.steps + healStepsMax;
    let lookAt = 0;
    this.#healedMs = this.#scheduler.nowMs;
    let isAtRest = false;
    await this.#scheduler.turns.drive(() => {
      if (this.#scheduler.steps >= lookAt) {
        lookAt = this.#scheduler.steps + restLookSteps;
        isAtRest = this.#isAtRest;
        this.#oracles.look(this.#soundSinceMs);
      }
      return this.#isSound && !isAtRest && this.#scheduler.steps < until && this.#scheduler.step();
    });
    return isAtRest;
  }

  /** Since when nobody who decides has been slow, or has had anything to do from when it was. */
  get #soundSinceMs(): number {
    const { living } = this.#world.standings;
    return Math.max(this.#healedMs, ...living.map(({ process }) => process.lateUntilMs));
  }

  get #isAtRest(): boolean {
    const { brokers, wounded, standings, sightings, deploy } = this.#world;
    if (!this.#client.isDone || this.#fleet.draining.length > 0) return false;
    const states = this.#oracles.witness.states();
    const isQuiet = (to: number, partition: number): boolean =>
      wounded.has(partition) ||
      (states[partition]!.runs.size === 0 && to === brokers.log.partition(topics.log, partition).end);
    return (
      this.#projectedTo.every(isQuiet) &&
      wounded.unsettled(standings, sightings).length === 0 &&
      deploy.unsettled(states, wounded, standings).length === 0
    );
  }

  get #projectedTo(): readonly number[] {
    return this.#world.database.store.stands(logPartitions);
  }

  #unfinished(): string {
    const ends = this.#projectedTo.map(
      (to, partition) => `${to} of ${this.#world.brokers.log.partition(topics.log, partition).end}`,
    );
    const { wounded, standings, sightings, deploy } = this.#world;
    const undeployed = deploy.unsettled(this.#oracles.witness.states(), wounded, standings);
    const draining = this.#fleet.draining.map((name) => `${name} has not ended`);
    const unsettled = [...wounded.unsettled(standings, sightings), ...undeployed, ...draining];
    const requests = this.#client.isDone ? 'answered' : 'open';
    return `after ${healStepsMax} steps: ${this.#oracles.witness.open.join('; ') || 'all runs ended'}; requests ${requests}; projected ${ends.join()}; ${unsettled.join('; ')}`;
  }

  #result(isStuck: boolean, lost: number): ScenarioResult {
    const { witness, attempts, violations } = this.#oracles;
    const none = { attempts: 0, times: 0, timesMax: 0 };
    const executed = { claimFirst: { ...none }, claimFirstEndLost: { ...none }, rest: { ...none } };
    const careful = this.#world.faults.struck.has('tail-lost') ? 'claimFirstEndLost' : 'claimFirst';
    for (const all of attempts.all()) {
      const one = executed[all[0]!.handler === 'careful' ? careful : 'rest'];
      one.attempts += 1;
      one.times += all.length;
      one.timesMax = Math.max(one.timesMax, all.length);
    }
    return {
      without: this.#options.without ?? new Set<FaultClass>(),
      ...{ seed: this.#options.seed, tasks: witness.tasks, events: witness.events, faults: this.#world.faults.struck },
      ...{ violations, lost, isStuck, executed, steps: this.#scheduler.steps, story: this.#story.lines },
      halts: this.#world.wounded.halts(this.#world.standings),
      virtualMs: this.#scheduler.nowMs - Date.UTC(2023, 10, 14, 22, 13, 20),
    };
  }
}

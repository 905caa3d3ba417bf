import { hintSessionMs } from '../world/hint-group.ts';
import { logPartitions, topics } from '../world/brokers.ts';
import type { Fleet } from '../services/fleet.ts';
import type { Client } from '../workload/client.ts';
import { strikeRecords } from './foreign-records.ts';
import { storeForeign } from './foreign-snapshots.ts';
import { strikeWounds } from './wounds.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { ServiceWorld } from '../services/service-world.ts';
import { Strays } from './strays.ts';

/** Timers wait for as long as the time of the brokers has gone back: what is to rest soon must not wait for long. */
const leapMsMax = 20_000;

/** Faults that strike processes and servers as wholes, again and again until the world is healed. */
export class Strikes {
  readonly #world: ServiceWorld;
  readonly #faults: FaultPlan;
  readonly #fleet: Fleet;
  readonly #client: Client;
  readonly #strays: Strays;

  constructor(world: ServiceWorld, fleet: Fleet, client: Client) {
    this.#world = world;
    this.#faults = world.faults;
    this.#fleet = fleet;
    this.#client = client;
    this.#strays = new Strays(world.brokers, world.scheduler.chance);
  }

  begin(): void {
    this.#later(this.#faults.pauseMs, 'strikes', () => {
      if (this.#faults.isHealed) return;
      this.#processes();
      this.#groups();
      this.#servers();
      this.#snapshots();
      strikeWounds(this.#world);
      strikeRecords(this.#world, this.#client);
      this.begin();
    });
  }

  #processes(): void {
    const { scheduler, dispatchers, projectors } = this.#world;
    const { chance } = scheduler;
    if (this.#faults.strikes('crash', 0.06)) this.#fleet.crash(this.#fleet.any(), chance.between(50, 8_000));
    if (this.#faults.strikes('worker-restart', 0.05))
      this.#fleet.crash(this.#fleet.any('worker'), chance.between(10, 1_500));
    if (this.#faults.strikes('drain', 0.06)) {
      const seat = this.#fleet.any();
      this.#tell(`ends ${seat.name}`);
      seat.drain();
    }
    if (this.#faults.strikes('freeze', 0.06)) {
      const seat = this.#fleet.any();
      this.#tell(`freezes ${seat.name}`);
      const forMs = chance.happens(0.6) ? chance.between(50, 3_000) : chance.between(3_000, 16_000);
      seat.freeze(chance.happens(0.5));
      this.#later(hintSessionMs, 'a silent member is noticed', () => {
        dispatchers.spread();
        projectors.spread();
      });
      this.#later(forMs, `wakes ${seat.name}`, () => {
        seat.wake();
        dispatchers.spread();
        projectors.spread();
      });
    }
    if (this.#faults.strikes('slow', 0.06)) {
      const seat = this.#fleet.any();
      this.#tell(`slows ${seat.name}`);
      seat.slow(chance.between(3, 60));
      this.#later(chance.between(500, 5_000), `${seat.name} is quick again`, () => seat.slow(1));
    }
    if (this.#faults.strikes('clock-jump', 0.06)) {
      const seat = this.#fleet.any();
      const byMs = chance.pick([1, -1]) * chance.between(10, chance.pick([1_000, 90_000, 7_200_000]));
      this.#tell(`sets the clock of ${seat.name} by ${byMs} ms`);
      seat.jump(byMs);
    }
  }

  #groups(): void {
    const { dispatchers, projectors, workers, scheduler } = this.#world;
    if (this.#faults.strikes('split-brain', 0.12)) scheduler.chance.pick([dispatchers, projectors]).overlap();
    if (!this.#faults.strikes('rebalance', 0.08)) return;
    scheduler.chance.pick([() => dispatchers.spread(), () => projectors.spread(), () => workers.prepare()])();
  }

  #servers(): void {
    const { brokers, database, scheduler } = this.#world;
    const { chance } = scheduler;
    if (!brokers.isDown && this.#faults.strikes('log-down', 0.03)) {
      brokers.isDown = true;
      this.#later(chance.between(100, 6_000), 'the log is back', () => (brokers.isDown = false));
    }
    if (this.#faults.strikes('broker-time', 0.05)) {
      if (chance.happens(0.5)) brokers.stillAtMs = brokers.nowMs;
      else brokers.leapMs += chance.pick([1, -1, 1]) * chance.between(10, chance.pick([1_000, leapMsMax]));
      this.#later(chance.between(500, 5_000), 'broker time goes on', () => (brokers.stillAtMs = undefined));
    }
    if (!database.isDown && this.#faults.strikes('store-down', 0.04)) {
      database.isDown = true;
      this.#later(chance.between(100, 6_000), 'the database is back', () => (database.isDown = false));
    }
    if (!brokers.isDown && this.#faults.strikes('stray-events', 0.1)) {
      const partition = chance.below(logPartitions);
      if (!this.#world.wounded.isRewritten(partition)) this.#strays.send(partition, this.#world.logState(partition));
    }
    if (this.#faults.strikes('store-rewound', 0.03)) database.rewind(chance.between(1, 6));
  }

  #snapshots(): void {
    const { brokers, scheduler } = this.#world;
    const { chance } = scheduler;
    const partition = chance.below(logPartitions);
    if (this.#faults.strikes('snapshot-damaged', 0.08)) {
      const { records } = brokers.log.partition(topics.snapshots, partition);
      const value = records.at(-1)?.value;
      if (value !== undefined) value[chance.below(value.length)]! ^= 1 << chance.below(8);
    }
    const manifests = brokers.log.partition(topics.manifests, partition);
    if (this.#faults.strikes('snapshot-old', 0.06) && manifests.records.length > 0) {
      const { value } = chance.pick(manifests.records);
      if (value !== undefined) manifests.append(brokers.nowMs, [{ value }]);
    }
    if (this.#faults.strikes('snapshot-of-another-log', 0.06)) void storeForeign(this.#world, partition);
    if (!this.#faults.strikes('snapshot-foreign', 0.06)) return;
    const newest = manifests.records.at(-1)?.value;
    if (newest === undefined) return;
    const text = new TextDecoder().decode(newest);
    const other = chance.pick([
      text.replace(/"nonce":"[^"]*"/, '"nonce":"another"'),
      text.replace(/"format":\d+/, '"format":1'),
      text.replace(/"position":(\d+)/, '"position":9$1'),
      'no manifest',
    ]);
    manifests.append(brokers.nowMs, [{ value: new TextEncoder().encode(other) }]);
  }

  #tell(what: string): void {
    const { scheduler } = this.#world;
    scheduler.story.tell(scheduler.nowMs, 'FAULT', what);
  }

  #later(delayMs: number, label: string, run: () => void): void {
    this.#world.scheduler.after(delayMs, undefined, label, run);
  }
}

import type { ProcessKind, ServiceKind } from '../../support/local-system.ts';
import { Seeded } from './seeded.ts';

export type FaultWay = 'kill' | 'freeze' | 'term';

/** Something that is done to one process. */
export interface PlannedFault {
  /** After the beginning of the storm. */
  readonly atMs: number;
  readonly kind: ProcessKind;
  /** Which of that kind; taken modulo how many there are. */
  readonly index: number;
  readonly way: FaultWay;
  /** How long a frozen process stays so. */
  readonly forMs: number;
}

export interface StormPlan {
  readonly seed: number;
  readonly minutes: number;
  readonly kinds: readonly ServiceKind[];
  /** Are broker and Postgres killed, too? */
  readonly servers: boolean;
  /** At the end of the faults Kafka is gone for this long, and the load goes on; 0 for not at all. */
  readonly kafkaGoneMinutes: number;
}

/** A minute has this many SIGKILLs of services ... */
const killsPerMinute = 20;
/** ... and of each other way. */
const othersPerMinute = 4;
const serverKillsPerMinute = 1;
/** From well below any session to well above all of them. */
const freezeMs = [200, 15_000] as const;

/** When what happens to whom, as the seed decides, in order of time. */
export function planFaults({ seed, minutes, kinds, servers }: Omit<StormPlan, 'kafkaGoneMinutes'>): PlannedFault[] {
  const chance = new Seeded(seed);
  const draw = (perMinute: number, of: readonly ProcessKind[], way: FaultWay): PlannedFault[] =>
    Array.from({ length: Math.round(perMinute * minutes) }, () => ({
      atMs: chance.between(0, minutes * 60_000),
      kind: chance.pick(of),
      index: chance.between(0, 1_000),
      way,
      forMs: chance.between(...freezeMs),
    }));
  const faults = [
    ...draw(killsPerMinute, kinds, 'kill'),
    ...draw(othersPerMinute, kinds, 'freeze'),
    ...draw(othersPerMinute, kinds, 'term'),
    ...(servers ? draw(serverKillsPerMinute, ['kafka', 'postgres'], 'kill') : []),
  ];
  return faults.sort((a, b) => a.atMs - b.atMs);
}

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
  /** Default 20. */
  readonly killsPerMinute?: number;
  /** Are broker and Postgres killed, too? */
  readonly servers: boolean;
  /** At the end of the faults Kafka is gone for this long, and the load goes on; 0 for not at all. */
  readonly kafkaGoneMinutes: number;
}

/** Beside so many SIGKILLs of services in a minute there is a fifth of that of each other way. */
export const killsPerMinuteDefault = 20;
const othersShare = 0.2;
const serverKillsPerMinute = 1;
/** From well below any session to well above all of them. */
const freezeMs = [200, 15_000] as const;

/** When what happens to whom, as the seed decides, in order of time. */
export function planFaults(plan: Omit<StormPlan, 'kafkaGoneMinutes'>): PlannedFault[] {
  const { seed, minutes, kinds, servers, killsPerMinute = killsPerMinuteDefault } = plan;
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
    ...draw(killsPerMinute * othersShare, kinds, 'freeze'),
    ...draw(killsPerMinute * othersShare, kinds, 'term'),
    ...(servers ? draw(serverKillsPerMinute, ['kafka', 'postgres'], 'kill') : []),
  ];
  return faults.sort((a, b) => a.atMs - b.atMs);
}

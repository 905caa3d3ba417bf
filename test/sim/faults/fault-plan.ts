import { Chance } from '@millrace/runtime/in-memory';

/** Classes of faults. A seed switches each on or off and draws how often it strikes. */
export const faultClasses = [
  'append-unacknowledged',
  'append-lost',
  'append-late',
  'append-doubled',
  'log-down',
  'read-failed',
  'read-short',
  'control-lost',
  'store-answer-lost',
  'store-rolled-back',
  'store-down',
  'store-rewound',
  'crash',
  'freeze',
  'slow',
  'clock-skew',
  'clock-jump',
  'broker-time',
  'split-brain',
  'rebalance',
  'redelivery',
  'worker-restart',
  'snapshot-damaged',
  'snapshot-foreign',
  'poison',
] as const;
/** What a log must never suffer. Each maims one partition for good, so that few worlds suffer it. */
export const woundClasses = ['tail-lost', 'head-lost'] as const;
/** Came later: what they draw moves nothing of the others. */
const laterClasses = [
  ...woundClasses,
  'side-tail-lost',
  'side-head-lost',
  'drain',
  'snapshot-old',
  'foreign-record',
  'newer-rules',
  'gap',
  'stray-events',
  'snapshot-of-another-log',
  'deploy',
  'send-stalls',
  'delivery-late',
] as const;
export type WoundClass = (typeof woundClasses)[number] | 'newer-rules';
export type FaultClass = (typeof faultClasses)[number] | (typeof laterClasses)[number];
export const everyFaultClass: readonly FaultClass[] = [...faultClasses, ...laterClasses];

/** Between two faults that strike processes and servers rather than single calls. */
const strikeMs = 240;

/** Which faults a world suffers, by rates that its seed draws; heals on demand. */
export class FaultPlan {
  readonly #rates = new Map<FaultClass, number>();
  /** One for each class: leaving one out moves nothing of the others. */
  readonly #chances = new Map<FaultClass, Chance>();
  readonly struck = new Map<FaultClass, number>();
  isHealed = false;
  readonly #chance: Chance;
  readonly #tell: (kind: FaultClass) => void;

  constructor(
    seed: number,
    chance: Chance,
    tell: (kind: FaultClass) => void,
    without: ReadonlySet<FaultClass> = new Set(),
  ) {
    this.#chance = chance;
    this.#tell = tell;
    const later = new Chance(seed);
    for (const kind of everyFaultClass) {
      const from = faultClasses.includes(kind as never) ? chance : later;
      this.#chances.set(kind, from.fork());
      const rate = from.happens(0.5) ? 0 : from.pick([0.3, 1, 1, 3]);
      this.#rates.set(kind, without.has(kind) ? 0 : rate);
    }
  }

  has(kind: FaultClass): boolean {
    return !this.isHealed && this.#rates.get(kind)! > 0;
  }

  /** Does it strike now? `rate`: how often it does where the seed drew 1. Counted where it does. */
  strikes(kind: FaultClass, rate: number): boolean {
    if (!this.has(kind) || !this.#chances.get(kind)!.happens(rate * this.#rates.get(kind)!)) return false;
    this.count(kind);
    return true;
  }

  count(kind: FaultClass): void {
    this.#tell(kind);
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }

  /** Until the next look at processes and servers. */
  get pauseMs(): number {
    return this.#chance.between(strikeMs / 2, strikeMs);
  }
}

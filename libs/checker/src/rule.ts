import type { Item } from '@millrace/domain';
import type { PartitionHistory } from './history/partition-history.js';
import type { FactSaid, Observation, RecordFolded } from './observation.js';
import type { Invariant } from './violation.js';

/** What the fold said of one entry of an item: a plural event has as many as it lists, every other item one. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'quarantined'; readonly cause: string };

export interface EntrySeen {
  readonly item: Item;
  readonly index: number;
  readonly entry: number;
  readonly verdict: Verdict;
  /** What followed from it, in order. */
  readonly consequences: readonly Consequence[];
}

/** Every fact that is no verdict. */
export type Consequence = Exclude<FactSaid, { fact: 'accepted' | 'rejection' | 'quarantine' }>;
export type Transition = Extract<FactSaid, { fact: 'transition' }>;

/** Sentences on what is wrong; nothing where all is well. */
export type Found = string | undefined | readonly string[];

/**
 * One invariant, or a part of one, for one partition. Each hears of everything before the history takes it up, so `history`
 * is what had been before. A rule may keep a state of its own, with a stated bound.
 */
export interface Rule {
  readonly rule: Invariant;
  record?(record: RecordFolded, history: PartitionHistory): Found;
  /** A rule that hears of an entry finds the record's offset and partition time in `history` already. */
  entry?(seen: EntrySeen, history: PartitionHistory): Found;
  consequence?(fact: Consequence, seen: EntrySeen, history: PartitionHistory): Found;
  /** After everything that followed from an entry was taken up. */
  settled?(seen: EntrySeen, history: PartitionHistory): Found;
  observed?(observation: Observation, history: PartitionHistory): Found;
}

/** Rules are made anew for each partition. */
export type RuleMaker = () => Rule;

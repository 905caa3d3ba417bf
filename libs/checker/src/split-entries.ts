import type { Event, Item } from '@millrace/domain';
import type { FactSaid } from './observation.js';
import type { Consequence, EntrySeen, Verdict } from './rule.js';

/** What the facts say of each entry, and a sentence where they do not fit the items: then I23 is broken. */
export interface SplitEntries {
  readonly entries: readonly EntrySeen[];
  readonly fault?: string;
}

/** Deals what a fold said of a frame out to its entries: each has exactly one verdict, and what follows from it comes next. */
export function splitEntries(items: readonly Item[], facts: readonly FactSaid[]): SplitEntries {
  const entries: EntrySeen[] = [];
  let next = 0;
  for (const [index, item] of items.entries()) {
    for (let entry = 0; entry < partsOf(item).length; entry++) {
      const said = facts[next];
      const verdict = said === undefined ? undefined : verdictOf(said);
      const fault = said === undefined ? `nothing was said of it` : misfit(item, index, entry, said);
      if (fault !== undefined || verdict === undefined) {
        return {
          entries,
          fault: `Expected one verdict on entry ${entry} of item ${index} (${item.type}), but ${fault}.`,
        };
      }
      const from = (next += 1);
      while (next < facts.length && verdictOf(facts[next]!) === undefined) next += 1;
      entries.push({ item, index, entry, verdict, consequences: facts.slice(from, next) as Consequence[] });
    }
  }
  if (next === facts.length) return { entries };
  return {
    entries,
    fault: `Expected nothing more after the last of ${items.length} items, but ${facts[next]!.fact} was said.`,
  };
}

/** The entries of a plural event; of any other item itself. */
export function partsOf(item: Item): readonly unknown[] {
  if ('entries' in item && Array.isArray(item.entries)) return item.entries;
  if (item.type === 'WorkersSeen') return item.workers;
  return [item];
}

/** Entry `entry` of a plural event. */
export function partOf<E extends Event>(
  event: E & { entries: readonly unknown[] },
  entry: number,
): E extends { entries: readonly (infer P)[] } ? P : never {
  return event.entries[entry] as E extends { entries: readonly (infer P)[] } ? P : never;
}

function verdictOf(said: FactSaid): Verdict | undefined {
  if (said.fact === 'accepted') return { kind: 'accepted' };
  if (said.fact === 'rejection') return { kind: 'rejected', reason: said.reason };
  return said.fact === 'quarantine' ? { kind: 'quarantined', cause: said.cause } : undefined;
}

function misfit(item: Item, index: number, entry: number, said: FactSaid): string | undefined {
  const isUnreadable = item.type === 'unreadable';
  switch (said.fact) {
    case 'accepted':
      return said.type === item.type ? undefined : `an acceptance of ${said.type} was said`;
    case 'rejection':
      return !isUnreadable && said.entry === entry ? undefined : `a rejection of entry ${said.entry} was said`;
    case 'quarantine':
      return isUnreadable && said.index === index ? undefined : `a quarantine of item ${said.index} was said`;
    default:
      return `${said.fact} was said before any verdict`;
  }
}

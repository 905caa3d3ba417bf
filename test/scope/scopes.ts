import type { ScopeOptions } from './explore.ts';

/** What `npm run scope` goes through where nothing else is said: seven minutes of CPU. */
export const scopes: readonly ScopeOptions[] = [
  { work: 'pair', begin: 'owned', faultsMax: 0, depth: 9 },
  { work: 'chain', begin: 'owned', faultsMax: 0, depth: 10 },
  { work: 'pair', begin: 'cold', faultsMax: 0, depth: 9 },
  { work: 'pair', begin: 'owned', faultsMax: 1, depth: 6 },
  { work: 'chain', begin: 'owned', faultsMax: 1, depth: 6 },
  { work: 'pair', begin: 'owned', faultsMax: 2, depth: 5 },
  { work: 'chain', begin: 'owned', faultsMax: 2, depth: 5 },
  { work: 'chain', begin: 'running', faultsMax: 0, depth: 9 },
  { work: 'dated', begin: 'running', faultsMax: 1, depth: 5 },
  { work: 'pair', begin: 'running', faultsMax: 2, depth: 4 },
];

/** What `npm test` goes through: at most 30 s of CPU. */
export const gateScopes: readonly ScopeOptions[] = [
  { work: 'pair', begin: 'owned', faultsMax: 0, depth: 6 },
  { work: 'chain', begin: 'owned', faultsMax: 0, depth: 6 },
  { work: 'pair', begin: 'cold', faultsMax: 0, depth: 6 },
  { work: 'chain', begin: 'owned', faultsMax: 1, depth: 4 },
  { work: 'pair', begin: 'owned', faultsMax: 2, depth: 3 },
  { work: 'dated', begin: 'running', faultsMax: 1, depth: 3 },
];

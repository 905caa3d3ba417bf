import type { ScopeOptions } from './explore.ts';

/** Where each of these bugs must be seen: a scope that holds it, as small as one is known. */
export const hunted: readonly (readonly [mutant: string, rule: string, scope: ScopeOptions])[] = [
  ['no-epoch-fence', 'I9', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 3 }],
  ['epochs-leap', 'I9', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 3 }],
  ['last-claim-wins', 'I14', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['publish-before-accept', 'I11', { work: 'chain', begin: 'owned', faultsMax: 0, depth: 1 }],
  ['own-ack-anywhere', 'I11', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['followers-publish', 'I11', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['copies-unmarked', 'I11', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['nothing-published-again', 'comes-to-rest', { work: 'chain', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['dedupe-forgotten', 'I2', { work: 'pair', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['credit-not-released', 'comes-to-rest', { work: 'pair', begin: 'owned', faultsMax: 1, depth: 4 }],
  ['stale-timers-fire', 'I20', { work: 'dated', begin: 'running', faultsMax: 1, depth: 3 }],
  [
    'no-attempt-fence',
    'I14',
    {
      ...{ work: 'chain', begin: 'running', faultsMax: 2, depth: 6, dispatchers: 1 },
      without: new Set(['no-answer', 'claim', 'failure']),
    },
  ],
];

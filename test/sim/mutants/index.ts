import { fenceMutants } from './fold-mutants.ts';
import type { Mutant } from './mutant.ts';
import { ownerMutants } from './owner-mutants.ts';
import { recoveryMutants } from './recovery-mutants.ts';
import { rulesMutants } from './rules-mutants.ts';
import { stateMutants } from './state-mutants.ts';
import { workerMutants } from './worker-mutants.ts';

/** Every deliberate bug; names are unique. */
export const mutants: readonly Mutant[] = [
  ...fenceMutants,
  ...stateMutants,
  ...ownerMutants,
  ...recoveryMutants,
  ...workerMutants,
  ...rulesMutants,
];

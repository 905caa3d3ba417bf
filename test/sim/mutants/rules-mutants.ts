import { inFile, type Mutant } from './mutant.ts';

const advanced = inFile('libs/domain/dist/fold/rules-advanced.js');
const claimed = inFile('libs/domain/dist/fold/partition-claimed.js');
const fold = inFile('libs/runtime/dist/partition-fold.js');

/** How rules rise. */
export const rulesMutants: readonly Mutant[] = [
  {
    name: 'rules-leap',
    bug: 'rules rise to whatever is said',
    patches: [advanced("rules === state.rules + 1 ? undefined : 'rules-not-next'", 'undefined')],
  },
  {
    name: 'unknown-rules-ignored',
    bug: 'whoever does not know the rules in force folds on',
    patches: [fold('if (this.state.rules > this.knows) {', 'if (false) {')],
  },
  {
    name: 'claims-under-unknown-rules',
    bug: 'a claim of somebody who does not know the rules in force is accepted',
    patches: [claimed("return 'rules-unknown';", ';')],
  },
];

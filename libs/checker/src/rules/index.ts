import type { RuleMaker } from '../rule.js';
import { accounting } from './accounting.js';
import { acknowledged } from './acknowledged.js';
import { attemptFence } from './attempt-fence.js';
import { causedMoves } from './caused-moves.js';
import { commits } from './commits.js';
import { contiguity } from './contiguity.js';
import { dagOrder } from './dag-order.js';
import { projectionIsFold, pureFold, snapshotAndTail } from './digests.js';
import { dispatchTargets } from './dispatch-targets.js';
import { dispatchedOnce } from './dispatched-once.js';
import { epochs } from './epochs.js';
import { firstReportWins } from './first-report-wins.js';
import { framesOnce } from './frames-once.js';
import { legalTransitions } from './legal-transitions.js';
import { lineage } from './lineage.js';
import { noGhosts } from './no-ghosts.js';
import { orderOfChoice } from './order-of-choice.js';
import { partitionTime } from './partition-time.js';
import { published } from './published.js';
import { requestsOnce } from './requests-once.js';
import { retryBudget } from './retry-budget.js';
import { rightfulEntries } from './rightful-entries.js';
import { rulesByOne } from './rules-by-one.js';
import { runEnds } from './run-ends.js';
import { timers } from './timers.js';
import { workerSlots } from './worker-slots.js';

/** The table of contents: every rule that is judged for each partition, in the order of the list. */
export const everyRule: readonly RuleMaker[] = [
  acknowledged, // I1
  framesOnce, // I2
  requestsOnce,
  pureFold, // I3
  rightfulEntries,
  rulesByOne,
  legalTransitions, // I4
  causedMoves,
  projectionIsFold, // I5
  commits, // I6
  contiguity, // I7
  lineage, // I8
  epochs, // I9
  dispatchedOnce, // I10
  published, // I11
  noGhosts, // I12
  firstReportWins, // I13
  attemptFence, // I14
  dagOrder, // I15
  runEnds, // I16
  dispatchTargets, // I17
  orderOfChoice, // I18
  snapshotAndTail, // I19
  timers, // I20
  partitionTime, // I21
  accounting, // I23
  retryBudget, // I24
];

/** Rules on what is of no partition. */
export const everyRuleOfTheWorld: readonly RuleMaker[] = [workerSlots];

import { inFile, type Mutant } from './mutant.ts';

const domain = 'libs/domain/dist';
const fold = inFile(`${domain}/fold/fold.js`);
const writers = inFile(`${domain}/partition/writers-seen.js`);
const keys = inFile(`${domain}/fold/end-task.js`);
const timers = inFile(`${domain}/partition/timers.js`);
const fired = inFile(`${domain}/fold/timers-fired.js`);
const join = inFile(`${domain}/dag/join-rule.js`);
const children = inFile(`${domain}/fold/tell-children.js`);
const endTask = inFile(`${domain}/fold/end-task.js`);
const failed = inFile(`${domain}/fold/fail-attempt.js`);
const returned = inFile(`${domain}/fold/return-task.js`);
const retry = inFile(`${domain}/task/retry-policy.js`);
const promotion = inFile(`${domain}/queue/promotion.js`);
const shares = inFile(`${domain}/queue/band-shares.js`);

/** What the fold makes of what counts. */
export const stateMutants: readonly Mutant[] = [
  {
    name: 'dedupe-forgotten',
    bug: 'a frame that is sent again is folded again',
    patches: [writers('return false;', ';')],
  },
  {
    name: 'clock-in-the-fold',
    bug: 'partition time is the clock of whoever folds',
    patches: [fold('state.time = Math.max(', 'state.time = Math.max(Date.now(), ')],
  },
  {
    name: 'time-runs-back',
    bug: 'partition time follows append times downwards',
    patches: [fold('state.time = Math.max(state.time, Math.min(', 'state.time = Math.max(0, Math.min(')],
  },
  {
    name: 'writer-leaps',
    bug: 'one writer with a wrong clock moves partition time as far as it likes',
    patches: [fold('Math.min(at, frame.now + writerLeapMsMax)', 'Math.max(at, frame.now)')],
  },
  {
    name: 'stale-timers-fire',
    bug: 'a timer fires although its task run has moved on',
    patches: [timers('return run.startBy.get(task) === at;', 'return true;')],
  },
  {
    name: 'early-timers-fire',
    bug: 'timers fire when an owner says so, not when partition time has come',
    patches: [
      fired('const due = Math.min(event.until, state.time);', 'const due = event.until;'),
      fired('timers.takeDue(Math.min(event.until, time))', 'timers.takeDue(event.until)'),
    ],
  },
  {
    name: 'timers-unset',
    bug: 'a task run that backs off has no timer',
    patches: [endTask("state.timers.set({ at: dueAt, run, task, kind: 'due' });", ';')],
  },
  {
    name: 'join-off-by-one',
    bug: 'n_of_m wants one parent fewer',
    patches: [join("join === 'one_success' ? 1 : join.n", "join === 'one_success' ? 1 : join.n - 1")],
  },
  {
    name: 'join-does-not-wait',
    bug: 'all_done runs before every parent has ended',
    patches: [join("case 'all_done':", "case 'all_done': if (open < all) return 'run';")],
  },
  {
    name: 'failure-not-told',
    bug: 'children take a parent that failed for one that succeeded',
    patches: [endTask("to === 'succeeded' ? 'succeeded' : 'failed'", "'succeeded'")],
  },
  {
    name: 'children-told-twice',
    bug: 'a parent counts twice at its children',
    patches: [
      children(
        "run.countParent(child, isSkipped ? 'skipped' : next.end);",
        "run.countParent(child, isSkipped ? 'skipped' : next.end); run.countParent(child, isSkipped ? 'skipped' : next.end);",
      ),
    ],
  },
  {
    name: 'skips-not-told',
    bug: 'children of a skipped task run are never told',
    patches: [children('untold.push({ task: child,', 'void ({ task: child,')],
  },
  {
    name: 'retries-shared-with-fencing',
    bug: 'attempts that a lost worker had burn retries of the next failure',
    patches: [failed('run.failuresOf(task) + 1', 'run.attemptNumberOf(task)')],
  },
  {
    name: 'returns-burn-retries',
    bug: 'an attempt that comes back without an end burns a retry',
    patches: [
      returned(
        'const move = closeAttempt(folding, attempt);',
        'const move = closeAttempt(folding, attempt); attempt.run.setFailures(attempt.task, attempt.run.failuresOf(attempt.task) + 1);',
      ),
    ],
  },
  {
    name: 'one-retry-more',
    bug: 'the budget of failures is one more than asked',
    patches: [failed('failures >= retry.failuresMax', 'failures > retry.failuresMax')],
  },
  {
    name: 'retry-without-delay',
    bug: 'the next execution does not wait for its back-off',
    patches: [retry('return later(at, Math.floor(', 'return later(at, 0 * Math.floor(')],
  },
  {
    name: 'credit-not-released',
    bug: 'an attempt that ended still takes credit of its worker',
    patches: [endTask('state.workers.get(attempt.worker)?.inFlight.delete(attempt);', ';')],
  },
  {
    name: 'promotion-ignored',
    bug: 'waiting earns no band',
    patches: [promotion('return Math.min(5, band + promotion.bands);', 'return band;')],
  },
  {
    name: 'shares-ignored',
    bug: 'no band is ever owed its share',
    patches: [shares('return this.#gained[band] + this.table[band] >= shareOf;', 'return false;')],
  },
  {
    name: 'keys-end-with-runs',
    bug: 'an idempotency key is forgotten with the end of its run',
    patches: [keys('state.keys.ended(run.id, at);', 'state.keys.ended(run.id, -1e15);')],
  },
];

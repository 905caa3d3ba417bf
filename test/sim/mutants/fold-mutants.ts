import { inFile, type Mutant } from './mutant.ts';

const folds = 'libs/domain/dist/fold';
const fold = inFile(`${folds}/fold.js`);
const folding = inFile(`${folds}/folding.js`);
const findAttempt = inFile(`${folds}/find-attempt.js`);
const claimed = inFile(`${folds}/partition-claimed.js`);
const dispatched = inFile(`${folds}/tasks-dispatched.js`);
const started = inFile(`${folds}/task-started.js`);
const recalled = inFile(`${folds}/tasks-recalled.js`);
const overran = inFile(`${folds}/attempts-overran.js`);
const lost = inFile(`${folds}/worker-lost.js`);
const requested = inFile(`${folds}/run-requested.js`);

/** Who may say what, and what counts. */
export const fenceMutants: readonly Mutant[] = [
  {
    name: 'no-epoch-fence',
    bug: 'decisions of an epoch that is over count',
    patches: [folding("return event.epoch === state.epoch ? undefined : 'epoch-over';", 'return undefined;')],
  },
  {
    name: 'epochs-leap',
    bug: 'a claim of any epoch is accepted',
    patches: [claimed("event.epoch === state.epoch + 1 ? undefined : 'epoch-not-next'", 'undefined')],
  },
  {
    name: 'no-attempt-fence',
    bug: 'a report of an earlier attempt ends the current one',
    patches: [findAttempt('run.attemptNumberOf(event.task) === event.attempt && ', '')],
  },
  {
    name: 'reports-of-anybody',
    bug: 'a report counts although another worker holds the claim',
    patches: [findAttempt("claim === event.nonce ? undefined : 'not-claimant'", 'undefined')],
  },
  {
    name: 'last-claim-wins',
    bug: 'a second claim takes the place of the first',
    patches: [
      started("return claim === event.nonce ? 'already-yours' : 'already-claimed';", ''),
      started("return startedAt === undefined ? undefined : 'already-started';", 'return undefined;'),
      started(
        'startAttempt(folding, attempt, event.worker, event.startedAt);',
        'if (attempt.startedAt === undefined) startAttempt(folding, attempt, event.worker, event.startedAt);',
      ),
    ],
  },
  {
    name: 'claims-of-the-lost',
    bug: 'a worker that was declared lost may still claim',
    patches: [started("return 'worker-lost';", ';')],
  },
  {
    name: 'dispatch-to-the-lost',
    bug: 'a dispatch to a worker that was declared lost is accepted',
    patches: [dispatched("worker.lostAt === undefined ? undefined : 'worker-lost'", 'undefined')],
  },
  {
    name: 'dispatch-of-any-attempt',
    bug: 'the number of a dispatched attempt is not compared',
    patches: [dispatched("return 'attempt-not-next';", ';')],
    with: 'no-epoch-fence',
  },
  {
    name: 'dispatch-while-paused',
    bug: 'a dispatch that was decided before a pause is accepted after it',
    patches: [dispatched("return 'paused';", ';')],
  },
  {
    name: 'recall-under-a-new-claim',
    bug: 'an attempt is recalled although somebody has claimed it meanwhile',
    patches: [recalled("return 'claim-changed';", ';')],
  },
  {
    name: 'overrun-under-a-new-claim',
    bug: 'an attempt has overrun although somebody else has claimed it meanwhile',
    patches: [overran("return 'claim-changed';", ';')],
  },
  {
    name: 'lost-keeps-attempts',
    bug: 'what a lost worker had stays with it',
    patches: [lost("returnTask(folding, attempt, 'worker-lost');", ';')],
  },
  {
    name: 'plural-as-a-whole',
    bug: 'one bad entry of a plural event rejects its neighbours',
    patches: [
      fold(
        'fold.entries(event).forEach((entry, index) => {',
        'let bad; fold.entries(event).forEach((entry, index) => {',
      ),
      fold(
        'const reason = fold.judgeEntry(folding.state, event, entry);',
        'const reason = (bad ??= fold.judgeEntry(folding.state, event, entry));',
      ),
    ],
  },
  {
    name: 'plural-judged-at-once',
    bug: 'entries of a plural event are judged before any of them is applied',
    patches: [
      fold(
        'fold.entries(event).forEach((entry, index) => {',
        'const judged = fold.entries(event).map((entry) => fold.judgeEntry(folding.state, event, entry)); fold.entries(event).forEach((entry, index) => {',
      ),
      fold('const reason = fold.judgeEntry(folding.state, event, entry);', 'const reason = judged[index];'),
    ],
  },
  {
    name: 'poison-takes-neighbours',
    bug: 'an item that cannot be read makes the rest of its frame unread',
    patches: [
      fold(
        'frame.items.forEach((item, index) => {',
        'let over = false; frame.items.forEach((item, index) => { if (over) return;',
      ),
      fold('state.quarantined += 1;', 'state.quarantined += 1; over = true;'),
    ],
  },
  {
    name: 'key-ignored',
    bug: 'a second request with an idempotency key makes a second run',
    patches: [requested("return known.body === event.idempotency.body ? 'already-requested' : 'key-conflict';", ';')],
  },
];

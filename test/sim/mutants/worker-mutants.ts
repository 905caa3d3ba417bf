import { inFile, type Mutant } from './mutant.ts';

const worker = 'libs/worker/dist';
const floor = inFile(`${worker}/floor.js`);
const assignment = inFile(`${worker}/assignment.js`);
const reports = inFile(`${worker}/reports.js`);
const intake = inFile(`${worker}/intake.js`);
const life = inFile(`${worker}/worker.js`);

/** What workers do with deliveries. */
export const workerMutants: readonly Mutant[] = [
  {
    name: 'verdict-ignored',
    bug: 'a worker runs what it claimed although the claim was refused',
    patches: [floor('if (holds)\n            return this.#begin(attempt);', 'return this.#begin(attempt);')],
  },
  {
    name: 'claim-first-ignored',
    bug: 'a worker runs without a claim what wants one',
    patches: [intake('const claimFirst = !firstHand || asks;', 'const claimFirst = !firstHand;')],
  },
  {
    name: 'second-hand-unclaimed',
    bug: 'a worker runs without a claim what another may have been given',
    patches: [intake('const claimFirst = !firstHand || asks;', 'const claimFirst = asks;')],
  },
  {
    name: 'fetched-before-the-join',
    bug: 'a worker takes for first hand what was there before it joined',
    patches: [assignment('record.offset >= entry.endAtJoin &&', '')],
  },
  {
    name: 'redelivery-is-first-hand',
    bug: 'a worker takes for first hand what it was given before',
    patches: [assignment('record.offset > entry.taken &&', '')],
  },
  {
    name: 'late-is-first-hand',
    bug: 'a worker takes for first hand what was sent long after its decision',
    patches: [assignment('Math.abs(record.at - tasks.decidedAt) < promptMsMax', 'true')],
  },
  {
    name: 'copies-are-first-hand',
    bug: 'a worker does not look whether a delivery is a copy',
    patches: [assignment('tasks.again !== true &&', '')],
  },
  {
    name: 'settled-before-reported',
    bug: 'a delivery is settled before its end is in the log',
    patches: [reports("attempt.become('ended');", "attempt.become('ended'); this.#options.table.settle(attempt);")],
  },
  {
    name: 'worker-id-again',
    bug: 'a worker that was declared lost goes on under its old id',
    patches: [life('`${this.#parts.name}-${nonce().slice(0, 16)}`', '`${this.#parts.name}-0000000000000000`')],
  },
];

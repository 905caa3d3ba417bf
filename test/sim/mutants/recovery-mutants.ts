import { inFile, type Mutant } from './mutant.ts';

const runtime = 'libs/runtime/dist';
const commit = inFile(`${runtime}/commit-projected.js`);
const projection = inFile(`${runtime}/projection-loop.js`);
const recovery = inFile(`${runtime}/snapshot-recovery.js`);
const fold = inFile(`${runtime}/partition-fold.js`);
const restore = inFile('libs/domain/dist/snapshot/restore-state.js');

/** What projectors and recovery do. */
export const recoveryMutants: readonly Mutant[] = [
  {
    name: 'outcome-taken-as-landed',
    bug: 'a transaction of unknown outcome is taken as landed',
    patches: [commit('if (await isStored(store, positions))', 'if (true)')],
  },
  {
    name: 'taken-position-goes-on',
    bug: 'a projector goes on where another has moved its position',
    patches: [
      projection(
        'this.#projected.delete(partition);\n        this.#notBefore.set',
        'const mine = this.#projected.get(partition); mine.stored = { ...mine.stored, to: mine.fold.state.position };\n        this.#notBefore.set',
      ),
    ],
  },
  {
    name: 'snapshot-without-tail',
    bug: 'what came after a snapshot is not folded',
    patches: [
      recovery(
        'const read = fault === undefined ? await this.#read(manifest) : fault;',
        'const read = fault === undefined ? await this.#read(manifest) : fault; if (typeof read !== "string") read.resume.state.position = Math.min(end, notAfter);',
      ),
    ],
  },
  {
    name: 'tail-folded-twice',
    bug: 'the last record below a snapshot is folded again',
    patches: [
      recovery(
        'const read = fault === undefined ? await this.#read(manifest) : fault;',
        'const read = fault === undefined ? await this.#read(manifest) : fault; if (typeof read !== "string" && read.resume.state.position > 1) read.resume = { ...read.resume, recent: [], state: Object.assign(read.resume.state, { position: read.resume.state.position - 1 }) };',
      ),
    ],
  },
  {
    name: 'snapshot-of-the-future',
    bug: 'a snapshot past the position of the projection is used',
    patches: [recovery('if (position > notAfter)', 'if (false)')],
  },
  {
    name: 'foreign-snapshot',
    bug: 'a snapshot of another log is used',
    patches: [recovery('if (manifest.nonce !== nonce)', 'if (false)')],
  },
  {
    name: 'timers-not-restored',
    bug: 'a snapshot is restored without its timers',
    patches: [restore('this.#state.timers.restore(timersLastSeq, this.#timers);', ';')],
  },
  {
    name: 'writers-not-restored',
    bug: 'a snapshot is restored without the writers that were seen',
    patches: [restore('this.#state.writers.restore(writersForgottenInHour, this.#writers);', ';')],
  },
  {
    name: 'claims-not-restored',
    bug: 'a snapshot is restored without its claims',
    patches: [
      restore(
        'run.addAttempt({ ...attempt, run, startedAt, claim });',
        'run.addAttempt({ ...attempt, run, startedAt, claim: undefined });',
      ),
    ],
  },
  {
    name: 'own-bytes-not-compared',
    bug: 'records that change are not noticed',
    patches: [fold('if (known === undefined || known === hash)', 'if (true)')],
  },
];

import type { FoldSink } from '@millrace/domain';
import type { FactSaid } from './observation.js';

/** Takes down what a fold says, for the checker. Bound: what one record can say; `take` after each. */
export class FactSink implements FoldSink {
  #facts: FactSaid[] = [];

  /** The facts since the last call. */
  take(): FactSaid[] {
    const facts = this.#facts;
    this.#facts = [];
    return facts;
  }

  readonly accepted: FoldSink['accepted'] = (type) => this.#facts.push({ fact: 'accepted', type });
  readonly rejected: FoldSink['rejected'] = (_item, entry, reason) =>
    this.#facts.push({ fact: 'rejection', entry, reason });
  readonly quarantined: FoldSink['quarantined'] = (index, cause) =>
    this.#facts.push({ fact: 'quarantine', index, cause });
  readonly runBorn: FoldSink['runBorn'] = (run, at) => this.#facts.push({ fact: 'born', run: run.id, at });
  readonly tasksBorn: FoldSink['tasksBorn'] = () => {};
  readonly taskMoved: FoldSink['taskMoved'] = (run, task, from, to, move) =>
    this.#facts.push({ fact: 'transition', run: run.id, task, from, to, move });
  readonly runEnded: FoldSink['runEnded'] = (run, _at, reason) =>
    this.#facts.push({ fact: 'ended', run: run.id, status: run.status, ...(reason !== undefined && { reason }) });
  readonly runPaused: FoldSink['runPaused'] = (run, since) => this.#facts.push({ fact: 'paused', run: run.id, since });
  readonly bandChanged: FoldSink['bandChanged'] = (run, task) =>
    this.#facts.push({ fact: 'banded', run: run.id, task, band: run.bandOf(task) });
  readonly checkpointSaved: FoldSink['checkpointSaved'] = (run, task, checkpoint) =>
    this.#facts.push({ fact: 'checkpoint', run: run.id, task, checkpoint });
  readonly workflowPinned: FoldSink['workflowPinned'] = (version) => this.#facts.push({ fact: 'pinned', version });
}

import {
  ProjectionUnavailable,
  type ProjectionBatch,
  type ProjectionPosition,
  type ProjectionStore,
} from '../ports.js';

/** What becomes of a commit: `unknown`: it takes effect, but no answer comes; `lost`: it does not, and no answer comes. */
export type CommitFate = 'committed' | 'unknown' | 'lost';

/** A projector's connection to a store, with commits whose outcome it does not learn. */
export class FaultyStore implements ProjectionStore {
  /** Called for each commit; may do something to the store first. */
  fateOf: (batch: ProjectionBatch) => CommitFate = () => 'committed';
  /** Called before each commit reaches the store. */
  beforeCommit: (batch: ProjectionBatch) => Promise<void> = async () => undefined;

  constructor(private readonly store: ProjectionStore) {}

  position(partition: number): Promise<ProjectionPosition> {
    return this.store.position(partition);
  }

  async commit(batch: ProjectionBatch): Promise<void> {
    await this.beforeCommit(batch);
    const fate = this.fateOf(batch);
    if (fate !== 'lost') await this.store.commit(batch);
    if (fate !== 'committed') throw new ProjectionUnavailable('Expected an answer to a commit, but none came.');
  }
}

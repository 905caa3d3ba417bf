import type {
  Band,
  EventType,
  FoldSink,
  Instant,
  Json,
  Move,
  Rejection,
  RunId,
  RunStatus,
  TaskIndex,
  TaskStatus,
} from '../index.js';

/** What a fold said, as data that can be compared. */
export type Fact =
  | {
      readonly fact: 'transition';
      readonly run: RunId;
      readonly task: TaskIndex;
      readonly from: TaskStatus;
      readonly to: TaskStatus;
      readonly move: Partial<Move>;
    }
  | { readonly fact: 'rejection'; readonly entry: number; readonly reason: Rejection }
  | { readonly fact: 'quarantine'; readonly index: number; readonly cause: string }
  | { readonly fact: 'banded'; readonly run: RunId; readonly task: TaskIndex; readonly band: Band }
  | { readonly fact: 'born'; readonly run: RunId; readonly at: Instant }
  | { readonly fact: 'ended'; readonly run: RunId; readonly status: RunStatus; readonly reason?: string }
  | { readonly fact: 'paused'; readonly run: RunId; readonly since: Instant | undefined }
  | { readonly fact: 'checkpoint'; readonly run: RunId; readonly task: TaskIndex; readonly checkpoint: Json }
  | { readonly fact: 'pinned'; readonly version: string }
  | { readonly fact: 'accepted'; readonly type: EventType };

/** Keeps everything that a fold says, in order. */
export class RecordingSink implements FoldSink {
  readonly facts: Fact[] = [];
  readonly runBorn: FoldSink['runBorn'] = (run, at) => this.facts.push({ fact: 'born', run: run.id, at });
  readonly tasksBorn: FoldSink['tasksBorn'] = () => {};
  readonly taskMoved: FoldSink['taskMoved'] = (run, task, from, to, move) =>
    this.facts.push({ fact: 'transition', run: run.id, task, from, to, move });
  readonly bandChanged: FoldSink['bandChanged'] = (run, task) =>
    this.facts.push({ fact: 'banded', run: run.id, task, band: run.bandOf(task) });
  readonly runEnded: FoldSink['runEnded'] = (run, _at, reason) =>
    this.facts.push({ fact: 'ended', run: run.id, status: run.status, ...(reason !== undefined && { reason }) });
  readonly runPaused: FoldSink['runPaused'] = (run, since) => this.facts.push({ fact: 'paused', run: run.id, since });
  readonly checkpointSaved: FoldSink['checkpointSaved'] = (run, task, checkpoint) =>
    this.facts.push({ fact: 'checkpoint', run: run.id, task, checkpoint });
  readonly workflowPinned: FoldSink['workflowPinned'] = (version) => this.facts.push({ fact: 'pinned', version });
  readonly accepted: FoldSink['accepted'] = (type) => this.facts.push({ fact: 'accepted', type });
  readonly rejected: FoldSink['rejected'] = (_item, entry, reason) =>
    this.facts.push({ fact: 'rejection', entry, reason });
  readonly quarantined: FoldSink['quarantined'] = (index, cause) =>
    this.facts.push({ fact: 'quarantine', index, cause });

  /** The facts so far; the sink forgets them. */
  take(): Fact[] {
    return this.facts.splice(0);
  }
}

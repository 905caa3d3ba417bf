import assert from 'node:assert/strict';
import {
  foldFrame,
  PartitionState,
  type Event,
  type Frame,
  type Instant,
  type Item,
  type Move,
  type Rejection,
  type Run,
  type RunId,
  type RunStatus,
  type TaskStatus,
} from '../index.js';
import { born, claimed, epochStart, run1, workersSeen, type TaskRef } from './event-builders.js';
import { RecordingSink, type Fact } from './recording-sink.js';

/** Events as builders give them: one or several. */
export type Events = Item | readonly Item[];

/**
 * A partition that is born, claimed with epoch 1 and has seen worker `w1`, then took these events, one frame each. All of
 * them must be accepted, except a workflow that is pinned again.
 */
export function givenPartition(...events: readonly Events[]): GivenPartition {
  return givenLog(born(), claimed(), workersSeen({}), ...events);
}

/** A log that holds these events and nothing else. */
export function givenLog(...events: readonly Events[]): GivenPartition {
  const given = new GivenPartition();
  given.when(...events);
  const refused = given.facts.filter(({ fact }) => fact === 'rejection' || fact === 'quarantine');
  assert.deepEqual(
    refused.filter((fact) => !(fact.fact === 'rejection' && fact.reason === 'already-pinned')),
    [],
    'Expected what is given to be accepted.',
  );
  return given;
}

/** Given, when, then on facts. Events go through `foldFrame` as frames of one writer whose clock is the broker's. */
export class GivenPartition {
  readonly state = new PartitionState();
  /** What the last `when` said. */
  facts: Fact[] = [];
  #now: Instant = epochStart;
  #seq = 0;
  readonly #sink = new RecordingSink();

  /** Folds the events, one frame each. */
  when(...events: readonly Events[]): this {
    const frames = events.flat().map((item) => ({ by: 'writer', seq: ++this.#seq, now: this.#now, items: [item] }));
    return this.whenFrames(...frames);
  }

  /** Folds frames as they are, appended at the test's time. */
  whenFrames(...frames: readonly Frame[]): this {
    for (const frame of frames) foldFrame(this.state, frame, this.state.position, this.#now, this.#sink);
    this.facts = this.#sink.take();
    return this;
  }

  /** Lets time pass before what comes next. */
  after(elapsedMs: number): this {
    this.#now += elapsedMs;
    return this;
  }

  /**
   * The last `when` said exactly this, in this order; a transition's move may have more members than expected. Births of
   * runs, pins and acceptances go without saying: see `facts`.
   */
  then(...expected: readonly Fact[]): this {
    const spoken = this.facts.filter(({ fact }) => fact !== 'born' && fact !== 'pinned' && fact !== 'accepted');
    const compared = spoken.map((fact, index) => narrowed(fact, expected[index]));
    assert.deepEqual(compared, expected);
    return this;
  }

  /** A look at the state. */
  thenState(look: (state: PartitionState) => void): this {
    look(this.state);
    return this;
  }

  run(id: RunId = run1): Run {
    const run = this.state.runs.get(id);
    assert.ok(run !== undefined, `Expected run ${id} to live.`);
    return run;
  }

  statusOf({ run, task }: TaskRef): TaskStatus {
    return this.run(run).statusOf(task);
  }
}

/** The fact with only those members of its move that are asked for. */
function narrowed(fact: Fact, expected: Fact | undefined): Fact {
  if (fact.fact !== 'transition') return fact;
  const asked = expected?.fact === 'transition' ? Object.keys(expected.move) : [];
  const move = Object.fromEntries(asked.map((key) => [key, fact.move[key as keyof Move]]));
  return { ...fact, move };
}

export function transition(ref: TaskRef, from: TaskStatus, to: TaskStatus, move: Partial<Move> = {}): Fact {
  return { fact: 'transition', ...ref, from, to, move };
}

export function rejection(reason: Rejection, entry = 0): Fact {
  return { fact: 'rejection', entry, reason };
}

export function quarantine(cause: string, index = 0): Fact {
  return { fact: 'quarantine', index, cause };
}

export function ended(status: RunStatus, { run = run1, reason }: { run?: RunId; reason?: string } = {}): Fact {
  return { fact: 'ended', run, status, ...(reason !== undefined && { reason }) };
}

/** One frame of one writer at the beginning of the test's time. */
export function frame(seq: number, items: readonly Item[] | Event, over: Partial<Frame> = {}): Frame {
  return { by: 'other', seq, now: epochStart, items: 'type' in items ? [items] : items, ...over };
}

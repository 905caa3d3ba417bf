import { crc32 } from 'node:zlib';
import type { Attempt, Event, PartitionState } from '@millrace/domain';
import { crcHeader, crcText, encodeFrame, encodeItem } from '@millrace/protocol';
import { topics, type Brokers } from '../world/brokers.ts';
import type { Chance } from '@millrace/runtime/in-memory';

/** What writers of strays are called. */
export const strayWriter = 'stray';
/** The nonce of nobody's claim. */
const nonce = 'nobody';
/** An item that no rules know. */
const poison = '{"type":"NeverHeardOf"}';

/**
 * Frames of somebody who is wrong about the state: reports and claims of the wrong worker, decisions on what has changed
 * since, the same entry twice, items that cannot be read between those that can. The fold has to refuse each for itself.
 */
export class Strays {
  readonly #brokers: Brokers;
  readonly #chance: Chance;
  #sent = 0;

  constructor(brokers: Brokers, chance: Chance) {
    this.#brokers = brokers;
    this.#chance = chance;
  }

  /** One frame into the log, where there is something to be wrong about. */
  send(partition: number, state: PartitionState): void {
    const events = [...this.#ofFlights(state), ...ofQueue(state)];
    if (events.length === 0) return;
    const texts = [...events, ...ofRules(state)].map(encodeItem);
    texts.splice(this.#chance.below(texts.length), 0, poison);
    const by = `${strayWriter}-${partition}-${++this.#sent}`;
    const value = new TextEncoder().encode(encodeFrame(by, 1, this.#brokers.nowMs, texts));
    this.#brokers.append(topics.log, partition, [{ value, headers: { [crcHeader]: crcText(crc32(value)) } }]);
  }

  #ofFlights(state: PartitionState): Event[] {
    const flights = [...state.runs.values()].flatMap(({ inFlight }) => [...inFlight.values()]);
    if (flights.length === 0) return [];
    const events = ofAttempt(this.#chance.pick(flights), state.epoch);
    const unstarted = flights.find(({ startedAt }) => startedAt === undefined);
    const lost = [...state.workers.all()].find(({ lostAt }) => lostAt !== undefined);
    if (unstarted !== undefined && lost !== undefined) {
      const startedAt = this.#brokers.nowMs;
      events.push({ type: 'TaskStarted', ...namesOf(unstarted), worker: lost.id, nonce, startedAt });
    }
    const started = flights.find(({ startedAt }) => startedAt !== undefined);
    if (started !== undefined && this.#chance.happens(0.3)) events.push(recalledTwice(started, state.epoch));
    return events;
  }
}

/** Rules that leap, and where they have risen a claim of somebody who does not know them. */
function ofRules({ rules, epoch }: PartitionState): Event[] {
  const leap: Event = { type: 'RulesAdvanced', rules: rules + 2, command: 'stray' };
  return rules > 1 ? [leap, { type: 'PartitionClaimed', epoch: epoch + 1, nonce, knows: rules - 1 }] : [leap];
}

function namesOf({ run, task, number: attempt }: Attempt) {
  return { run: run.id, task, attempt };
}

/** None of it may count: nobody holds a claim by this nonce. */
function ofAttempt(attempt: Attempt, epoch: number): Event[] {
  const names = namesOf(attempt);
  const said = { ...names, worker: attempt.worker, nonce };
  const at = attempt.dispatchedAt;
  return [
    { type: 'CheckpointSaved', ...said, checkpoint: 'stray' },
    { type: 'TaskReturned', ...said, reason: 'draining' },
    { type: 'TaskFinished', ...said, startedAt: at, finishedAt: at, outcome: { kind: 'succeeded' } },
    { type: 'TasksRecalled', epoch, reason: 'unlisted', entries: [{ ...names, claim: nonce }] },
    {
      type: 'AttemptsOverran',
      epoch,
      entries: [{ ...names, claim: nonce, worker: attempt.worker, runningMs: 1_000_000, chance: 0 }],
    },
  ];
}

/** Between two entries that are wrong stands one that is right, and the second is the same again. */
function recalledTwice(started: Attempt, epoch: number): Event {
  const right = { ...namesOf(started), ...(started.claim !== undefined && { claim: started.claim }) };
  const wrong = { ...right, claim: nonce };
  return { type: 'TasksRecalled', epoch, reason: 'unlisted', entries: [wrong, right, right] };
}

/** What waits goes to a worker that is lost, and what is paused to one that is not. */
function ofQueue(state: PartitionState): Event[] {
  const workers = [...state.workers.all()];
  const lost = workers.find(({ lostAt }) => lostAt !== undefined);
  const living = workers.find(({ lostAt, seen }) => lostAt === undefined && seen !== undefined);
  const entries = [];
  for (const run of state.runs.values()) {
    const worker = state.ready.paused.has(run) ? living : lost;
    const task = run.dag.tasks.findIndex((_, index) => run.statusOf(index) === 'queued');
    if (worker === undefined || task < 0) continue;
    entries.push({ run: run.id, task, attempt: run.attemptNumberOf(task) + 1, worker: worker.id, to: 0 });
  }
  const { epoch, position: basis } = state;
  return entries.length === 0 ? [] : [{ type: 'TasksDispatched', epoch, basis, reason: 'stray', entries }];
}

import type { Instant, WorkerId } from '@millrace/domain';
import type { WorkerHeartbeat } from '@millrace/protocol';
import { Rounds, type Clock, type RecordWriter } from '@millrace/runtime';
import { deliveriesMax } from '../credits.js';
import type { BoardList, BoardView } from './board-view.js';

/** What a heartbeat says besides deliveries. */
export type WorkerFacts = Pick<WorkerHeartbeat, 'slots' | 'handlers' | 'queues' | 'credits' | 'drains'>;

/** Sends one worker's heartbeats. */
export interface Heart {
  /** Busy from the first thing said until it has left. */
  readonly rounds: Rounds;
  /** Says this from now on; `at-once`: also now. The first one begins the beat. */
  say(facts: WorkerFacts, when: 'at-once' | 'in-turn'): void;
  /** The last heartbeat, marked as leaving. Resolves when it was sent or given up. Tolerates being called twice. */
  leave(): Promise<void>;
}

export interface BoardHeartOptions {
  readonly id: WorkerId;
  readonly topic: string;
  readonly board: BoardView;
  readonly writer: RecordWriter;
  readonly clock: Clock;
  /** The one that the board is ticked by. */
  readonly monotonicMs: () => number;
  readonly warn: (error: unknown) => void;
  /** A heartbeat was acknowledged, or could not be because nobody answers. */
  readonly onRound?: (isAcknowledged: boolean) => void;
  /** The main thread blocks, and an attempt is so far over its start-to-close that nobody waits for it any more. */
  readonly onHopeless?: () => void;
}

const beatMs = 2_000;
/** A worker that has blocked for this long hands nothing over when it wakes, so it grants nothing. */
const grantsNothingMs = 5_000;
/** The owner ends an attempt 5 s after its start-to-close; after this long its worker has nothing left to say of it. */
const hopelessMs = 20_000;

/**
 * Beats every 2 s, and when it is told something at once. One heartbeat is under way at a time; one that fails is not
 * repeated, the next one says everything anew. Reads deliveries from the board, so that it needs nobody to beat.
 */
export class BoardHeart implements Heart {
  readonly #options: BoardHeartOptions;
  readonly rounds: Rounds;
  #facts: WorkerFacts | undefined;
  #cancel: (() => void) | undefined;
  #beating: Promise<void> | undefined;
  #beatsAgain = false;
  #leaving: Promise<void> | undefined;

  constructor(options: BoardHeartOptions) {
    this.#options = options;
    this.rounds = new Rounds('heartbeats', options.clock);
  }

  say(facts: WorkerFacts, when: 'at-once' | 'in-turn'): void {
    const isFirst = this.#facts === undefined;
    this.#facts = facts;
    if (this.#leaving !== undefined) return;
    this.rounds.begin();
    if (isFirst) this.#beatOn();
    else if (when === 'at-once') this.#beat();
  }

  leave(): Promise<void> {
    return (this.#leaving ??= this.#leaveOnce());
  }

  async #leaveOnce(): Promise<void> {
    this.#cancel?.();
    await this.#beating;
    if (this.#facts !== undefined) await this.#send({ leaving: true });
    this.rounds.rest();
  }

  #beatOn(): void {
    this.#cancel = this.#options.clock.after(beatMs, () => this.#beatOn());
    this.#beat();
  }

  #beat(): void {
    if (this.#leaving !== undefined) return;
    if (this.#beating !== undefined) {
      this.#beatsAgain = true;
      return;
    }
    this.#beating = this.#send({}).then(() => {
      this.#beating = undefined;
      if (!this.#beatsAgain) return;
      this.#beatsAgain = false;
      this.#beat();
    });
  }

  async #send(last: { readonly leaving?: true }): Promise<void> {
    const { id, topic, board, writer, clock, monotonicMs, warn, onHopeless } = this.#options;
    const now = clock.now();
    const list = board.list(monotonicMs(), deliveriesMax);
    if (list.blockedMs !== undefined && list.overdueMs > hopelessMs) onHopeless?.();
    const heartbeat = { ...heartbeatOf(id, now, this.#facts!, list), ...last };
    try {
      await writer.append(topic, 0, [{ key: id, value: Buffer.from(JSON.stringify(heartbeat)) }]);
      this.#ended();
    } catch (error) {
      this.#ended(error);
      warn(error);
    }
  }

  #ended(error?: unknown): void {
    if (this.rounds.ended(error)) this.#options.onRound?.(error === undefined);
  }
}

function heartbeatOf(id: WorkerId, at: Instant, facts: WorkerFacts, list: BoardList): WorkerHeartbeat {
  const { deliveries, busy, blockedMs } = list;
  const grantsNothing = blockedMs !== undefined && blockedMs > grantsNothingMs;
  return {
    ...{ v: 1, kind: 'worker', id, at, busy },
    ...facts,
    ...(grantsNothing && { credits: facts.credits.map(() => 0) }),
    ...(blockedMs !== undefined && { blockedMs }),
    deliveries,
  };
}

import type { Instant } from '@millrace/domain';
import type { ListedDelivery } from '@millrace/protocol';
import { bytesPerEntry, cells, headBytes, headCells, states } from './board-layout.js';

/** A main thread that has not turned for longer than this is blocked. */
export const blockedMsMin = 1_000;
/** An entry that is being written is looked at this often; then the next heartbeat lists it. */
const looksMax = 100;

/** What a heartbeat says of deliveries. */
export interface BoardList {
  readonly deliveries: readonly ListedDelivery[];
  readonly busy: number;
  /** For how long the main thread has blocked; absent where it turns. */
  readonly blockedMs?: number;
  /** By how much the attempt that runs longest over its start-to-close exceeds it; negative where none does. */
  readonly overdueMs: number;
}

interface Look {
  readonly now: Instant;
  /** Its handler has been called and has not returned. */
  readonly blocks: boolean;
  /** While another handler blocks, or the process is stopped, no handler can say that it lives. */
  readonly silentTo: Instant;
}

/** A `DeliveryBoard` as another thread reads it. */
export class BoardView {
  readonly #head: Int32Array;
  readonly #ticked: BigInt64Array;
  readonly #cells: Int32Array;
  readonly #numbers: Float64Array;
  readonly #text: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.#head = new Int32Array(memory, 0, headBytes / 4);
    this.#ticked = new BigInt64Array(memory, headCells.tickedAt * 4, 2);
    this.#cells = new Int32Array(memory, headBytes);
    this.#numbers = new Float64Array(memory, headBytes);
    this.#text = Buffer.from(memory, headBytes);
  }

  /**
   * What is on the board, `most` at most so that it fits into one record. What only waits is left out first: unlisted, it is
   * published again, and the copy joins it. Durations are by the clock that nobody sets since the event loop turned last: the
   * machine's clock, set meanwhile, makes nothing long.
   */
  list(monotonicMs: number, most: number): BoardList {
    const tickedAt = Number(Atomics.load(this.#ticked, 0));
    const blockedMs = Math.max(0, monotonicMs - Number(Atomics.load(this.#ticked, 1)));
    const now = tickedAt + blockedMs;
    const isBlocked = blockedMs > blockedMsMin;
    const entered = isBlocked ? Atomics.load(this.#head, headCells.entered) - 1 : -1;
    const begun: ListedDelivery[] = [];
    const waiting: ListedDelivery[] = [];
    let overdueMs = -Infinity;
    const used = Atomics.load(this.#head, headCells.used);
    for (let place = 0; place < used; place++) {
      const listed = this.#read(place, { now, blocks: place === entered, silentTo: isBlocked && place !== entered ? now - blockedMs : now }); // prettier-ignore
      if (listed === undefined) continue;
      (listed.state === 'held' ? waiting : begun).push(listed);
      if (listed.state === 'running') overdueMs = Math.max(overdueMs, listed.runningMs! - this.#startToCloseMs(place));
    }
    const deliveries = [...begun, ...waiting];
    if (deliveries.length > most) deliveries.length = most;
    const busy = Atomics.load(this.#head, headCells.busy);
    return { deliveries, busy, overdueMs, ...(isBlocked && { blockedMs }) };
  }

  #read(place: number, look: Look): ListedDelivery | undefined {
    const at = (place * bytesPerEntry) / 4;
    for (let looks = 0; looks < looksMax; looks++) {
      const version = Atomics.load(this.#cells, at + cells.version);
      if ((version & 1) === 1) continue;
      const state = states[Atomics.load(this.#cells, at + cells.state)]!;
      if (state === 'free') return undefined;
      const listed = this.#entry(at, state, look);
      if (Atomics.load(this.#cells, at + cells.version) === version) return listed;
    }
    return undefined;
  }

  #entry(at: number, state: ListedDelivery['state'], { now, blocks, silentTo }: Look): ListedDelivery {
    const heartbeatAt = this.#numbers[(at + cells.heartbeatAt) / 2]!;
    const nonceChars = this.#cells[at + cells.nonceChars]!;
    return {
      run: this.#textAt(at + cells.run, this.#cells[at + cells.runChars]!),
      task: this.#cells[at + cells.task]!,
      attempt: this.#cells[at + cells.attempt]!,
      epoch: this.#cells[at + cells.epoch]!,
      state,
      ...(nonceChars > 0 && { nonce: this.#textAt(at + cells.nonce, nonceChars) }),
      ...(state === 'running' && { runningMs: Math.max(0, now - this.#numbers[(at + cells.startedAt) / 2]!) }),
      ...(state === 'running' && heartbeatAt > 0 && { silentMs: Math.max(0, silentTo - heartbeatAt) }),
      ...(blocks && state === 'running' && { blocks }),
    };
  }

  #startToCloseMs(place: number): number {
    return this.#numbers[((place * bytesPerEntry) / 4 + cells.startToCloseMs) / 2]!;
  }

  #textAt(cell: number, chars: number): string {
    return this.#text.toString('latin1', cell * 4, cell * 4 + chars);
  }
}

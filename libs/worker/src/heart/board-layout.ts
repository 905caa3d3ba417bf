/** Deliveries that fit on a board. */
export const entriesMax = 16_384;
/** Bytes before the first entry. */
export const headBytes = 64;
export const bytesPerEntry = 128;

/** Cells of the head, 4 bytes each. */
export const headCells = {
  /** Entries above this were never written. */
  used: 0,
  busy: 1,
  /** One more than the place of the attempt whose handler has been called and has not returned; 0 for none. */
  entered: 2,
  /** Eight bytes: when the event loop turned last. */
  tickedAt: 4,
  /** Eight bytes: the same moment by a clock that nobody sets. */
  tickedMonotonicMs: 6,
} as const;

/** Cells of an entry, 4 bytes each, and how many characters its texts have. */
export const cells = {
  /** Odd while it is being written. */
  version: 0,
  /** Index in `states`. */
  state: 1,
  task: 2,
  attempt: 3,
  epoch: 4,
  runChars: 5,
  nonceChars: 6,
  /** Eight bytes. */
  startedAt: 8,
  /** Eight bytes. */
  startToCloseMs: 10,
  run: 12,
  runCharsMax: 40,
  nonce: 22,
  nonceCharsMax: 32,
  /** Eight bytes; 0 where it may be silent. */
  heartbeatAt: 30,
} as const;

/** By number in the board. */
export const states = ['free', 'held', 'claiming', 'running', 'ended'] as const;

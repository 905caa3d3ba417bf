const realSetImmediate = globalThis.setImmediate;
const realClearImmediate = globalThis.clearImmediate;
/** More turns than any move sets off: one that takes them all never ends. */
const turnsMax = 1_000;

interface Late {
  readonly run: () => void;
  isCancelled: boolean;
}
let waiting: Late[] = [];

/** What asks for a turn of the event loop waits for `settled` until the returned function is called: turning the real one costs more than a move. */
export function takeTurns(): () => void {
  globalThis.setImmediate = ((callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    const late = { run: () => callback(...args), isCancelled: false };
    waiting.push(late);
    return late;
  }) as unknown as typeof setImmediate;
  globalThis.clearImmediate = ((late: Late | undefined) => {
    if (late !== undefined) late.isCancelled = true;
  }) as unknown as typeof clearImmediate;
  return () => {
    globalThis.setImmediate = realSetImmediate;
    globalThis.clearImmediate = realClearImmediate;
  };
}

/** Forgets what waits: its world is over. */
export function forgetTurns(): void {
  waiting = [];
}

/** Every promise that is ready has run, every turn that was asked for, and what they set off. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn++) {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    if (waiting.length === 0) return;
    const all = waiting;
    waiting = [];
    for (const { run, isCancelled } of all) if (!isCancelled) run();
  }
  throw new Error(`Expected a move to come to an end, but it asks for more than ${turnsMax} turns.`);
}

/** The real event loop turns once. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

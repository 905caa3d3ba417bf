import { LateTurns, realSetImmediate } from '../sim/world/late-turns.ts';

/** More turns than any move sets off: one that takes them all never ends. */
const turnsMax = 1_000;
/** Turning the real event loop costs more than a move. */
const late = new LateTurns();

/** What asks for a turn of the event loop waits for `settled` until the returned function is called. */
export function takeTurns(): () => void {
  return late.install();
}

/** Forgets what waits: its world is over. */
export function forgetTurns(): void {
  late.forget();
}

/** Every promise that is ready has run, every turn that was asked for, and what they set off. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn++) {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    if (late.count === 0) return;
    for (let left = late.count; left > 0; left--) late.take()?.();
  }
  throw new Error(`Expected a move to come to an end, but it asks for more than ${turnsMax} turns.`);
}

/** The real event loop turns once. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

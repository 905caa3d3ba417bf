const { setImmediate: nextTurn, setTimeout: later, clearTimeout: forget } = globalThis;
const monotonic = performance.now.bind(performance);

/** The real event loop has turned: every promise that was ready has run, and what it set off. Works beside faked timers. */
export function turn(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}

/** Calls back after so many real milliseconds; the returned function cancels. */
export function afterReal(ms: number, callback: () => void): () => void {
  const timer = later(callback, ms);
  return () => forget(timer);
}

/** Real milliseconds, for durations. */
export function realMs(): number {
  return monotonic();
}

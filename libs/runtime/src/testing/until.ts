const everyMs = 5;

/** Waits until `fact` gives something other than undefined or false. Throws with the sentence after `deadlineMs`. */
export async function until<T>(sentence: string, fact: () => T | undefined | false, deadlineMs = 20_000): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = fact();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline)
      throw new Error(`Expected ${sentence} within ${deadlineMs} ms, but it did not happen.`);
    await new Promise<void>((resolve) => setTimeout(resolve, everyMs));
  }
}

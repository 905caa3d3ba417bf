const colours = process.stderr.isTTY === true && (process.env.NO_COLOR ?? '') === '';
const paint = (code, text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);

/**
 * Does one step and prints one line when it is done: a tick, what it was, and the seconds. `work` returns false where there was nothing to
 * do, and then nothing is printed. The lines go to stderr, so stdout belongs to what is started.
 */
export async function step(title, work) {
  const started = performance.now();
  let done;
  try {
    done = await work();
  } catch (error) {
    process.stderr.write(`${paint(31, '✗')} ${title}\n`);
    throw error;
  }
  if (done === false) return;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${paint(32, '✓')} ${title} ${paint(2, `${seconds} s`)}\n`);
}

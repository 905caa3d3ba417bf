import noting from './noting-handlers.mjs';
import { appendFileSync } from 'node:fs';

function blockFor(ms) {
  for (const until = Date.now() + ms; Date.now() < until;);
}

const rough = {
  exit: () => process.exit(0),
  'exit-later': () => new Promise(() => setTimeout(() => process.exit(3), 1_500)),
  'kill-self': () => process.kill(process.pid, 'SIGKILL'),
  block: (input) => blockFor(input.ms),
  'block-for-ever': () => blockFor(Infinity),
  'return-10-mb': async () => 'x'.repeat(10 * 1024 * 1024),
  /** Ends, well after it was cancelled, as if nothing had been. */
  'end-after-cancel': (_input, { signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 300, 'too late'))),
};

/** Handlers that harm the process they run in, beside all that note their starts. */
export default {
  ...noting,
  ...Object.fromEntries(
    Object.entries(rough).map(([name, handler]) => [
      name,
      (input, context) => {
        const { run, task, attempt } = context;
        appendFileSync(process.env['MILLRACE_TEST_STARTS'], `${run} ${task} ${attempt} ${process.pid}\n`);
        return handler(input, context);
      },
    ]),
  ),
};

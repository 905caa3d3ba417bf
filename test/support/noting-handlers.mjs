import { appendFileSync } from 'node:fs';
import handlers from './handlers.mjs';

/** One line per start of a handler, appended before it does anything: whoever reads the file sees every start there was. */
function noting(handler) {
  return (input, context) => {
    const { run, task, attempt } = context;
    appendFileSync(process.env['MILLRACE_TEST_STARTS'], `${run} ${task} ${attempt} ${process.pid}\n`);
    return handler(input, context);
  };
}

/** The handlers of the stack tests and `careful`, which claims first; all of them note their starts. */
export default {
  ...Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, noting(handler)])),
  careful: { handler: noting(handlers.nap), claimFirst: true },
};

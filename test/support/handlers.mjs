import { appendFileSync } from 'node:fs';

/** One line in the file that the input names, so that a test sees what ran and when. */
function note(input, line) {
  appendFileSync(input.file, `${line}\n`);
}

/** Handlers that the stack tests serve: each behaves as its name says. */
export default {
  noop: async () => undefined,
  echo: async (input) => input,
  traced: async (_input, { traceparent, parentResults }) => ({
    traceparent: traceparent ?? null,
    before: Object.values(parentResults),
  }),
  nap: async (input) => {
    await new Promise((resolve) => setTimeout(resolve, input?.ms ?? 20));
    return { napped: true };
  },
  'fail-first': async (_input, context) => {
    if (context.attempt === 1) throw new Error('Expected a second attempt, and this was the first.');
    return { attempt: context.attempt };
  },
  'fail-always': async () => {
    throw new Error('This handler never succeeds.');
  },
  'throw-text': async () => {
    throw 'just text';
  },
  'throw-circle': async () => {
    const circle = {};
    circle.self = circle;
    throw circle;
  },
  'throw-nothing': async () => {
    throw undefined;
  },
  'throw-trap': async () => {
    throw Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('This message cannot be read.');
      },
    });
  },
  'return-circle': async () => {
    const circle = {};
    circle.self = circle;
    return circle;
  },
  'return-large': async () => 'x'.repeat(130 * 1024),
  'return-bigint': async () => ({ rows: [1, 2n] }),
  'return-nul': async () => ({ text: 'a\u0000b' }),
  /** A result of so many bytes. */
  fill: async ({ bytes }) => 'x'.repeat(bytes - 2),
  /** How many results its parents have, and how many characters together; read one by one. */
  weigh: async (_input, { eachParentResult }) => {
    const weighed = { count: 0, chars: 0 };
    for await (const [, result] of eachParentResult()) {
      weighed.count += 1;
      weighed.chars += result.length;
    }
    return weighed;
  },
  /** The same, of what is given at once. */
  'weigh-at-once': async (_input, { parentResults }) => ({
    count: Object.keys(parentResults).length,
    chars: Object.values(parentResults).join('').length,
  }),
  gather: async (_input, context) => context.parentResults,
  'until-aborted': (_input, context) =>
    new Promise((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
    }),
  /** Never settles, whatever happens; notes its start and the abort of its signal. */
  never: (input, context) =>
    new Promise(() => {
      note(input, 'started');
      context.signal.addEventListener('abort', () => note(input, `aborted: ${context.signal.reason.message}`));
    }),
  /** Notes when it ran, by the machine's clock in milliseconds. */
  'note-time': async (input) => note(input, String(Date.now())),
  /** Says how far it has come and fails; its next attempt returns where it went on. */
  'goes-on': (_input, { checkpoint, heartbeat }) => {
    if (checkpoint !== undefined) return { from: checkpoint };
    heartbeat({ page: 1 });
    heartbeat({ page: 2 });
    throw new Error('boom');
  },
};

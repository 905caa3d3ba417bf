/** Handlers that the stack tests serve: each behaves as its name says. */
export default {
  noop: async () => undefined,
  echo: async (input) => input,
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
  'return-circle': async () => {
    const circle = {};
    circle.self = circle;
    return circle;
  },
  'return-large': async () => 'x'.repeat(10 * 1024),
  gather: async (_input, context) => context.parentResults,
  'until-aborted': (_input, context) =>
    new Promise((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
    }),
};

/** Handlers that do nothing but say when they began. */
export default {
  noop: async () => undefined,
  stamp: async () => ({ startedAtMs: performance.timeOrigin + performance.now() }),
};

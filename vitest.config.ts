import { defineConfig } from 'vitest/config';

const shared = {
  resolve: { conditions: ['@millrace/source'] },
  ssr: { resolve: { conditions: ['@millrace/source'] } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
};
const ignored = ['**/node_modules/**', '**/dist/**', '.tools/**', '.millrace/**'];

/**
 * Five groups by what they need: `spec` nothing; `sim` what was built; `int` one real broker and one real Postgres from
 * test/support/servers.ts; `stack` the built services as processes of their own; `examples` the same system, driven as a user would.
 */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'spec',
          include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'test/*.spec.ts', 'test/fuzz/*.spec.ts'],
          testTimeout: 30_000,
          exclude: [...ignored, '**/*.int.spec.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'sim',
          include: ['test/sim/**/*.spec.ts', 'test/scope/*.spec.ts'],
          exclude: ignored,
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'int',
          include: ['**/*.int.spec.ts'],
          exclude: ignored,
          globalSetup: ['test/support/servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'stack',
          include: ['test/e2e/**/*.spec.ts', 'test/chaos/**/*.spec.ts'],
          exclude: ignored,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'examples',
          include: ['examples/**/*.spec.ts', 'test/client/*.spec.ts'],
          globalSetup: ['test/support/example-system.ts'],
          exclude: ignored,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

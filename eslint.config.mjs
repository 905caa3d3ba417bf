import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Which layer may import which. The picture is in ARCHITECTURE.md; test/house.spec.ts plants a forbidden import and sees it refused. */
const layers = {
  domain: [],
  protocol: ['domain'],
  checker: ['protocol', 'domain'],
  runtime: ['protocol', 'domain'],
  kafka: ['runtime', 'protocol', 'domain'],
  postgres: ['runtime', 'protocol', 'domain'],
  embedded: [],
  'nest-kit': ['runtime', 'protocol', 'domain'],
  client: ['protocol', 'domain'],
  worker: ['kafka', 'runtime', 'protocol', 'domain'],
  nestjs: ['worker', 'client', 'protocol', 'domain'],
  testing: ['worker', 'client', 'runtime', 'protocol', 'domain'],
  'app-ingest': ['nest-kit', 'kafka', 'runtime', 'protocol', 'domain'],
  'app-dispatcher': ['nest-kit', 'kafka', 'runtime', 'protocol', 'domain'],
  'app-projector': ['nest-kit', 'kafka', 'postgres', 'runtime', 'protocol', 'domain'],
  'app-query': ['nest-kit', 'kafka', 'postgres', 'runtime', 'protocol', 'domain'],
  'app-worker': ['nest-kit', 'kafka', 'runtime', 'protocol', 'domain', 'worker', 'nestjs'],
  'app-cli': ['checker', 'client', 'embedded', 'kafka', 'postgres', 'runtime', 'protocol', 'domain'],
  example: ['client', 'worker', 'nestjs', 'protocol'],
};

const depConstraints = Object.entries(layers).map(([layer, allowed]) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: [...allowed, layer].map((name) => `layer:${name}`),
}));

const noNode = { group: ['node:*'], message: 'This library runs anywhere: no Node modules.' };
const testFiles = ['**/*.spec.ts', '**/testing/**', 'test/**', 'bench/**'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.tools/**', '.millrace/**', '.nx/**', '**/generated/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['libs/**/*.ts', 'apps/**/*.ts', 'examples/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints, banTransitiveDependencies: false }],
    },
  },
  {
    // Nest reads from metadata what a constructor wants: an import that is used as a type only is needed there all the same.
    files: ['examples/**/*.ts'],
    languageOptions: { parserOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } },
  },
  {
    files: ['examples/**/*.spec.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: ['../../test/support/run-example.ts'], depConstraints, banTransitiveDependencies: false },
      ],
    },
  },
  {
    files: ['libs/checker/src/**/*.ts'],
    ignores: testFiles,
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@millrace/domain', '@millrace/domain/*'],
              allowTypeImports: true,
              message:
                'The checker is written from the list of invariants: it imports types of the domain, never what they are judged by.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: testFiles,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            noNode,
            {
              regex: '^(?!\\.{1,2}/|@noble/hashes/)',
              message: 'The domain imports @noble/hashes and nothing else.',
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'console',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'queueMicrotask',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time arrives as data.' },
        { object: 'Math', property: 'random', message: 'Chance arrives as data.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time arrives as data.' },
        { selector: ':function[async=true]', message: 'The domain is synchronous.' },
      ],
    },
  },
  {
    files: ['libs/protocol/src/**/*.ts', 'libs/client/src/**/*.ts'],
    ignores: testFiles,
    rules: { 'no-restricted-imports': ['error', { patterns: [noNode] }] },
  },
);

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
/** Files of the working tree, also those not committed yet, that are there. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const isSource = (file: string): boolean => /^(libs|apps)\/[^/]+\/src\/.*\.ts$/.test(file);
const isTest = (file: string): boolean => /\.spec\.ts$|\/testing\/|^test\/|^bench\//.test(file);

describe('a forbidden import is refused', () => {
  let eslint: ESLint;

  /** Nx skips its rule with only a warning where it has no project graph: make one first, without a daemon. */
  beforeAll(async () => {
    process.env['NX_DAEMON'] = 'false';
    process.env['NX_WORKSPACE_ROOT_PATH'] = root;
    const { createProjectGraphAsync } = await import('@nx/devkit');
    await createProjectGraphAsync({ exitOnError: false });
    const { ESLint } = await import('eslint');
    eslint = new ESLint({ cwd: root, cache: false });
  }, 60_000);

  /** Plants `line` as a file of `folder`, in memory: others may build the folder meanwhile. */
  async function refusals(folder: string, line: string): Promise<string[]> {
    const filePath = join(root, folder, 'planted.ts');
    const [result] = await eslint.lintText(`${line}\n`, { filePath });
    return result!.messages.filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId ?? 'no rule');
  }

  it.each([
    ['domain -> runtime', 'libs/domain/src', "export * from '@millrace/runtime';", '@nx/enforce-module-boundaries'],
    ['domain -> a Node module', 'libs/domain/src', "export * from 'node:fs';", 'no-restricted-imports'],
    ['domain -> a package', 'libs/domain/src', "export * from 'zod';", 'no-restricted-imports'],
    ['domain -> the clock', 'libs/domain/src', 'export const now = Date.now();', 'no-restricted-properties'],
    ['domain -> chance', 'libs/domain/src', 'export const draw = Math.random();', 'no-restricted-properties'],
    ['protocol -> a Node module', 'libs/protocol/src', "export * from 'node:zlib';", 'no-restricted-imports'],
    ['protocol -> kafka', 'libs/protocol/src', "export * from '@millrace/kafka';", '@nx/enforce-module-boundaries'],
    ['kafka -> postgres', 'libs/kafka/src', "export * from '@millrace/postgres';", '@nx/enforce-module-boundaries'],
    ['an app -> another app', 'apps/ingest/src', "export * from '../../query/src/main.js';", '@nx/enforce-module-boundaries'],
  ])('%s', async (_title, folder, line, rule) => {
    expect(await refusals(folder, line)).toContain(rule);
  }, 30_000); // prettier-ignore

  it('and an allowed one is not', async () => {
    expect(await refusals('libs/runtime/src', "export * from '@millrace/domain';")).toEqual([]);
    expect(await refusals('libs/domain/src', "export * from './ids.js';")).toEqual([]);
  }, 30_000);
});

it('no source file is longer than 220 lines of code', () => {
  const isCode = (line: string): boolean => !/^\s*(\/\/.*|\/?\*.*)?$/.test(line);
  const long = files
    .filter((file) => isSource(file) && !file.endsWith('.spec.ts') && !file.includes('/generated/'))
    .map((file) => [file, textOf(file).split('\n').filter(isCode).length] as const);
  expect(long.filter(([, lines]) => lines > 220)).toEqual([]);
});

it('no file and no folder of ours has a name that says nothing', () => {
  const empty = /(^|[-./])(jobs?|instances?|executions?|managers?|helpers?|utils?|common|shared|core)([-./]|$)/;
  const ours = files.filter((file) => /^(libs|apps|test|scripts|examples|bench)\//.test(file));
  expect(ours.filter((file) => empty.test(file))).toEqual([]);
});

it('the literal name of an event stands only in its definition, decoder, fold, producers and projection', () => {
  const everywhere = ['libs/domain/src/event/', 'libs/domain/src/fold/', 'libs/protocol/src/frame/decode-item.ts', 'libs/runtime/src/projection/', 'libs/checker/src/']; // prettier-ignore
  const producers: Readonly<Record<string, readonly string[]>> = {
    PartitionBorn: ['libs/runtime/src/'],
    PartitionClaimed: ['libs/runtime/src/'],
    RulesAdvanced: ['libs/runtime/src/'],
    WorkflowPinned: ['libs/protocol/src/requests/'],
    RunRequested: ['libs/protocol/src/requests/', 'libs/runtime/src/request-answers.ts'],
    CancelRequested: ['libs/protocol/src/requests/', 'apps/ingest/src/'],
    PauseRequested: ['libs/protocol/src/requests/'],
    ResumeRequested: ['libs/protocol/src/requests/'],
    GapAccepted: ['apps/cli/src/', 'libs/runtime/src/'],
    PriorityRequested: ['libs/protocol/src/requests/'],
    WorkersSeen: ['libs/runtime/src/'],
    TasksDispatched: ['libs/domain/src/scheduling/choose-next.ts'],
    TaskStarted: ['libs/worker/src/', 'libs/runtime/src/'],
    CheckpointSaved: ['libs/worker/src/'],
    TaskFinished: ['libs/worker/src/'],
    TaskReturned: ['libs/worker/src/'],
    TasksRecalled: ['libs/runtime/src/'],
    AttemptsOverran: ['libs/runtime/src/'],
    StartsSeen: ['libs/runtime/src/'],
    WorkerLost: ['libs/runtime/src/'],
    RunSwept: ['libs/runtime/src/'],
    TimersFired: ['libs/runtime/src/'],
  };
  const union = /export type Event =([^;]+);/.exec(textOf('libs/domain/src/event/event.ts'))![1]!;
  expect(union.match(/\w+/g)!.sort()).toEqual(Object.keys(producers).sort());
  const sources = files.filter((file) => isSource(file) && !isTest(file)).map((file) => [file, textOf(file)] as const);
  const astray = Object.entries(producers).flatMap(([type, allowed]) => {
    const places = [...everywhere, ...allowed];
    return sources
      .filter(([file, text]) => text.includes(`'${type}'`) && !places.some((place) => file.startsWith(place)))
      .map(([file]) => `${type} in ${file}`);
  });
  expect(astray).toEqual([]);
});

it('every event has a fold file of its own name', () => {
  const union = /export type Event =([^;]+);/.exec(textOf('libs/domain/src/event/event.ts'))![1]!;
  const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
  const missing = union.match(/\w+/g)!.map((name) => `libs/domain/src/fold/${kebab(name)}.ts`);
  expect(missing.filter((file) => !files.includes(file))).toEqual([]);
});

it('no test is skipped or runs alone', () => {
  const lonely = /\b(it|test|describe|suite)\.(skip|only|todo|skipIf|runIf)\b|\bf(it|describe)\(|\bx(it|describe)\(/;
  const tests = files.filter((file) => file.endsWith('.spec.ts') && basename(file) !== 'house.spec.ts');
  expect(tests.filter((file) => lonely.test(textOf(file)))).toEqual([]);
});

it('titles of tests are sentences: none is empty or only one word of code', () => {
  const tests = files.filter((file) => file.endsWith('.spec.ts'));
  const titles = tests.flatMap((file) =>
    [...textOf(file).matchAll(/^\s*it\('([^']*)'/gm)].map((match) => [file, match[1]!]),
  );
  expect(titles.filter(([, title]) => !title!.includes(' '))).toEqual([]);
});

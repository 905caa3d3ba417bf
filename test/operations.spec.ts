import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonConfig, databaseConfig } from '@millrace/nest-kit';
import { planTopics } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
/** The cells of every table row. */
const rows = page
  .split('\n')
  .flatMap((line) => (line.startsWith('| ') ? [line.split('|').map((cell) => cell.trim())] : []));
const sources = globSync(
  ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts', 'examples/*/*.ts', 'scripts/**/*.js', 'docker-compose.yml'],
  {
    cwd: root,
  },
).filter((file) => !file.endsWith('.spec.ts') && !file.includes('/generated/'));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Every schema of an environment that a service exports, with the variables that all services share only once. */
async function schemas(): Promise<[place: string, z.ZodObject][]> {
  const files = globSync('apps/*/src/*config.ts', { cwd: root });
  const modules = await Promise.all(files.map((file) => import(join(root, file)) as Promise<Record<string, unknown>>));
  const own = modules.flatMap((module, index) =>
    Object.values(module).flatMap((value): [string, z.ZodObject][] =>
      value instanceof z.ZodObject ? [[files[index]!, value]] : [],
    ),
  );
  return [['common', commonConfig], ...own];
}

/** What a variable is without being set, as the page writes it. */
function defaultOf(schema: z.ZodType): string {
  const { success, data } = schema.safeParse(undefined);
  if (!success || data === undefined || (Array.isArray(data) && data.length === 0)) return 'none';
  return `\`${String(data)}\``;
}

it('the page names every variable that a service reads, with its default', async () => {
  const told = new Map(rows.map(([, name = '', , value = '']) => [name, value]));
  const all = await schemas();
  expect(all.length).toBeGreaterThan(1);
  const wrong = all.flatMap(([place, schema]) =>
    Object.entries(schema.shape)
      .filter(
        ([name]) =>
          place === 'common' || !Object.hasOwn(commonConfig.shape, name) || Object.hasOwn(databaseConfig, name),
      )
      .filter(([name, member]) => told.get(`\`${name}\``) !== defaultOf(member as z.ZodType))
      .map(([name, member]) => `${name} (${place}): ${defaultOf(member as z.ZodType)}`),
  );
  expect(wrong).toEqual([]);
});

it('the page names every variable of ours that occurs in the code', () => {
  const used = sources.flatMap((file) => textOf(file).match(/\bMILLRACE_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []);
  const missing = [...new Set(used.map((name) => name.replace(/_FILE$/, '')))].filter((name) => !page.includes(name));
  expect(missing).toEqual([]);
});

it('the page names every health check', () => {
  const registered = sources.flatMap((file) =>
    [...textOf(file).matchAll(/health\.register\('([^']+)'/g)].map(
      (match) => [file.split('/')[1]!, match[1]!] as const,
    ),
  );
  expect(registered.length).toBeGreaterThan(0);
  const told = rows.map(([, service, check]) => `${service} ${check}`);
  expect(registered.filter(([service, check]) => !told.includes(`${service} \`${check}\``))).toEqual([]);
});

it('the page names every topic with its retention', () => {
  const plans = planTopics({ prefix: 'millrace', logPartitions: 8, taskPartitions: 16, queues: ['<queue>'] });
  const told = new Map(rows.map(([, topic = '', retention = '']) => [topic, retention]));
  const wrong = plans
    .map(
      ({ topic, config }) =>
        [topic.replace(/\.[a-z]+$/, (band) => (topic.includes('<queue>') ? '.<band>' : band)), config] as const,
    )
    .filter(([topic, config]) => told.get(`\`${topic}\``) !== retentionText(Number(config['retention.ms'])))
    .map(([topic]) => topic);
  expect(wrong).toEqual([]);
});

function retentionText(ms: number): string {
  if (ms < 0) return 'for ever';
  const hours = ms / 3_600_000;
  return hours > 24 ? `${hours / 24} days` : `${hours} h`;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commonConfig, databaseConfig } from './service-config.js';
import { ConfigInvalid } from './config-invalid.js';
import { readConfig } from './read-config.js';

const withDatabase = commonConfig.extend(databaseConfig);

function sentencesOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(withDatabase, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.sentences;
    throw error;
  }
}

it('has a default for everything that may be absent', () => {
  expect(readConfig(commonConfig, { PORT: '' })).toMatchObject({
    MILLRACE_KAFKA_BROKERS: ['127.0.0.1:9092'],
    MILLRACE_TOPICS_PREFIX: 'millrace',
    MILLRACE_HOST: '127.0.0.1',
    PORT: 0,
  });
});

it('says one sentence for every variable at fault', () => {
  const sentences = sentencesOf({ PORT: '99999', LOG_LEVEL: 'loud', MILLRACE_KAFKA_BROKERS: 'nowhere' });
  expect(sentences.map((sentence) => /DATABASE_URL|PORT|LOG_LEVEL|BROKERS/.exec(sentence)?.[0]).sort()).toEqual([
    'BROKERS',
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
  ]);
});

it('refuses a public address unless it is told that this is wanted', () => {
  const env = { DATABASE_URL: 'postgres://u@127.0.0.1/m', MILLRACE_HOST: '0.0.0.0' };
  expect(sentencesOf(env)).toEqual([expect.stringContaining('MILLRACE_ALLOW_PUBLIC=1')]);
  expect(sentencesOf({ ...env, PORT: 'x' })).toHaveLength(2);
  expect(sentencesOf({ ...env, MILLRACE_ALLOW_PUBLIC: '1' })).toEqual([]);
});

it('reads a secret from a file, and refuses two sources', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
  try {
    const file = join(folder, 'url');
    writeFileSync(file, 'postgres://u:secret@127.0.0.1/m\n');
    const config = readConfig(withDatabase, { DATABASE_URL_FILE: file });
    expect(config.DATABASE_URL).toBe('postgres://u:secret@127.0.0.1/m');
    expect(sentencesOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://x' })).toContainEqual(
      expect.stringContaining('both are set'),
    );
    expect(sentencesOf({ DATABASE_URL_FILE: join(folder, 'gone') })).toContainEqual(expect.stringContaining('ENOENT'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

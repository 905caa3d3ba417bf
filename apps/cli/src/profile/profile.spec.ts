import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { apiUrlOf, brokersOf, prefixOf } from '../commands/coordinates.js';
import { ran } from '../testing/ran.js';
import { askForProfile } from './chosen-profile.js';
import { configPath, readConfig } from './config-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  for (const name of ['MILLRACE_PROFILE', 'MILLRACE_URL', 'MILLRACE_KAFKA_BROKERS', 'MILLRACE_TOPICS_PREFIX']) {
    vi.stubEnv(name, '');
  }
  askForProfile(undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  askForProfile(undefined);
  rmSync(folder, { recursive: true, force: true });
});

it('keeps profiles in a file of their owner alone, and shows no password', async () => {
  const secret = join(folder, 'database-url');
  writeFileSync(secret, 'postgres://ada:secret@db:5432/millrace\n');
  const args = ['--url', 'http://prod:8470', '--database-url-file', secret];
  expect(await ran('profile', 'set', 'prod', ...args)).toMatchObject({ code: 0 });
  await ran('profile', 'set', 'prod', '--brokers', 'k1:9092,k2:9092');
  expect(statSync(configPath()).mode & 0o777).toBe(0o600);
  const { profiles } = readConfig();
  expect(profiles['prod']).toEqual({
    url: 'http://prod:8470',
    brokers: 'k1:9092,k2:9092',
    databaseUrl: 'postgres://ada:secret@db:5432/millrace',
  });
  const { stdout } = await ran('profile', 'show', 'prod', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ databaseUrl: 'postgres://ada:***@db:5432/millrace' });
  expect((await ran('profile', 'list')).stdout).not.toContain('secret');
  await ran('profile', 'set', 'prod', '--brokers', '');
  expect(readConfig().profiles['prod']).not.toHaveProperty('brokers');
  chmodSync(configPath(), 0o644);
  const { stderr } = await ran('--profile', 'prod', 'profile', 'show');
  expect(stderr).toContain(`Run: chmod 600 ${configPath()}\n`);
});

it('asks the flag first, then the variable, then the profile', async () => {
  await ran('profile', 'set', 'one', '--url', 'http://one:1', '--brokers', 'one:9092', '--prefix', 'first');
  await ran('profile', 'set', 'two', '--url', 'http://two:2');
  await ran('profile', 'use', 'one');
  const known = (flags: object = {}): string[] => [apiUrlOf(flags), brokersOf(flags), prefixOf(flags)];
  askForProfile(undefined);
  expect(known()).toEqual(['http://one:1', 'one:9092', 'first']);
  vi.stubEnv('MILLRACE_PROFILE', 'two');
  askForProfile(undefined);
  expect(apiUrlOf({})).toBe('http://two:2');
  expect(() => brokersOf({})).toThrow('millrace profile set two --brokers');
  askForProfile('one');
  vi.stubEnv('MILLRACE_KAFKA_BROKERS', 'variable:9092');
  const remarks = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(known({ url: 'http://flag:3' })).toEqual(['http://flag:3', 'variable:9092', 'first']);
  expect(remarks).toHaveBeenCalledWith('MILLRACE_KAFKA_BROKERS is set and counts, not what profile one says.\n');
  remarks.mockRestore();
});

it('names the profiles that exist where one is unknown, and takes back the one in use', async () => {
  expect(await ran('run', 'list', '--profile', 'prod')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('there is no profile yet. Make one: millrace profile set prod --url <url>'),
  });
  await ran('profile', 'set', 'dev', '--url', 'http://dev:1');
  await ran('profile', 'set', 'test', '--url', 'http://test:1');
  const { code, stderr } = await ran('--profile', 'prod', 'run', 'list');
  expect([code, stderr]).toEqual([3, expect.stringContaining('"prod"')]);
  expect(stderr).toContain('there are only dev, test. See: millrace profile list\n');
  expect((await ran('profile', 'use', 'prod')).code).toBe(3);
  await ran('profile', 'use', 'dev');
  expect(readConfig().profile).toBe('dev');
  await ran('profile', 'delete', 'dev', '--dry-run');
  expect(readConfig().profile).toBe('dev');
  await ran('profile', 'delete', 'dev');
  expect(readConfig()).toEqual({ profiles: { test: { url: 'http://test:1' } } });
});

it.each([
  ['{', 'JSON'],
  ['[]', '"profiles"'],
  ['{"profiles":{"a":{"uri":"x"}}}', 'unknown uri'],
  ['{"profiles":{"a b":{}}}', '"a b" is no name'],
])('says what is wrong with a file of profiles: %s', async (text, reason) => {
  await ran('profile', 'set', 'a', '--url', 'http://a:1');
  writeFileSync(configPath(), text);
  const { code, stderr } = await ran('profile', 'list');
  expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  expect(readFileSync(configPath(), 'utf8')).toBe(text);
});

it.each([
  [['profile', 'set', 'a b']],
  [['profile', 'set', 'a', '--url', 'here']],
  [['profile', 'set', 'a', '--brokers', 'here']],
  [['run', 'list', '--url', 'ftp://here']],
  [['log', 'tail', '--brokers', 'here']],
])('refuses what is no name and no address: %j', async (args) => {
  expect(await ran(...args)).toMatchObject({ code: 2, stdout: '' });
});

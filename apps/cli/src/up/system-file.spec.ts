import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSystemFile, removeSystemFile, writeSystemFile, type SystemFile } from './system-file.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'millrace-system-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const system = (pid: number): SystemFile => ({
  pid,
  apiUrl: 'http://127.0.0.1:1',
  brokers: '127.0.0.1:2',
  databaseUrl: 'postgresql://u:secret@127.0.0.1:3/m',
  topicsPrefix: 'millrace',
  partitions: 8,
  pids: {},
});

it('finds the running system, and none before or after', () => {
  expect(readSystemFile(folder)).toBeUndefined();
  writeSystemFile(folder, system(process.pid));
  expect(readSystemFile(folder)).toEqual(system(process.pid));
  removeSystemFile(folder);
  removeSystemFile(folder);
  expect(readSystemFile(folder)).toBeUndefined();
});

it('does not take what a crash left for a running system', () => {
  writeSystemFile(folder, system(2 ** 22 + 1));
  expect(readSystemFile(folder)).toBeUndefined();
});

it('is readable by its owner alone, since it holds a password', () => {
  writeSystemFile(folder, system(process.pid));
  expect(statSync(join(folder, 'system.json')).mode & 0o077).toBe(0);
});

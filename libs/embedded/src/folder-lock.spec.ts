import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderLock, FolderLockedError } from './folder-lock.js';
import { recordOf } from './process-record.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('refuses a folder that a living process holds, in one sentence', () => {
  const lock = FolderLock.take(folder);
  expect(() => FolderLock.take(folder)).toThrow(FolderLockedError);
  expect(() => FolderLock.take(folder)).toThrow(`The data folder ${folder} is in use by process ${process.pid}`);
  lock.release();
  FolderLock.take(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

it('takes over from a dead process, from another life of the same pid, and from a torn file', () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const stale = [{ ...recordOf(process.pid), pid: dead }, { ...recordOf(process.pid), startTicks: '1' }, undefined];
  for (const record of stale) {
    writeFileSync(join(folder, 'lock'), record === undefined ? '{"pid":' : JSON.stringify({ ...record, token: 'old' }));
    FolderLock.take(folder).release();
  }
});

it('gives nothing back that another process has taken since', () => {
  const first = FolderLock.take(folder);
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...recordOf(process.pid), startTicks: '1', token: 'old' }));
  const second = FolderLock.take(folder);
  first.release();
  expect(() => FolderLock.take(folder)).toThrow(FolderLockedError);
  second.release();
  second.release();
});

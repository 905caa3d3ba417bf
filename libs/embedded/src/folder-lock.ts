import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readRecord, recordOf, type ProcessRecord } from './process-record.js';

/** Somebody who lives holds the folder. `pid` is theirs. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`The data folder ${folder} is in use by process ${pid}: stop that one first, or choose another folder.`);
  }
}

interface LockFile extends ProcessRecord {
  readonly token: string;
}

const attemptsMax = 20;

/**
 * Holds a data folder for this process, so that nobody else starts servers on the same files. The lock is the file `lock` in the folder.
 * A lock whose process is dead is taken over, so a crash leaves nothing to clean.
 */
export class FolderLock {
  private constructor(
    private readonly file: string,
    private readonly token: string,
  ) {}

  /** Makes the folder where it is missing (readable by its owner alone) and takes it. Throws FolderLockedError while a living process holds it, also this one. */
  static take(folder: string): FolderLock {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'lock');
    const token = randomUUID();
    const own: LockFile = { ...ownRecord(), token };
    const draft = `${file}.${token}`;
    try {
      writeFileSync(draft, `${JSON.stringify(own)}\n`, { mode: 0o600 });
      for (let attempt = 1; attempt <= attemptsMax; attempt++) {
        if (tryLink(draft, file)) return new FolderLock(file, token);
        const holder = readRecord<LockFile>(file);
        if (holder !== undefined && isAlive(holder)) throw new FolderLockedError(folder, holder.pid);
        putAside(file, holder);
      }
    } finally {
      rmSync(draft, { force: true });
    }
    throw new Error(`Expected to take the lock ${file}, but it changed hands ${attemptsMax} times`);
  }

  /** Gives the folder back. Doing it twice, or after another process took a stale lock over, changes nothing. */
  release(): void {
    if (readRecord<LockFile>(this.file)?.token === this.token) rmSync(this.file, { force: true });
  }
}

function ownRecord(): ProcessRecord {
  const record = recordOf(process.pid);
  if (record === undefined)
    throw new Error('Expected /proc to describe this process, but it does not: embedded servers need Linux');
  return record;
}

/** A hard link appears with its content or not at all, unlike a file that is created first and written later. */
function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock away. Where another taker was faster, the file moved is the living one's, and goes back. */
function putAside(file: string, stale: LockFile | undefined): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readRecord<LockFile>(aside)?.token !== stale?.token) tryLink(aside, file);
  rmSync(aside, { force: true });
}

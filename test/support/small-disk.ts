import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const chunk = Buffer.alloc(64 * 1024);

/** A file system in memory of so many MiB, that can be filled to the last byte and emptied again. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Mounts it on a folder, which is made. Undefined where this user may not mount, also not by `sudo -n`. */
  static mount(folder: string, sizeMb: number): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    const isMounted = asRoot('mount', '-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0777`, 'tmpfs', folder);
    return isMounted ? new SmallDisk(folder) : undefined;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (;;) writeSync(file, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Gives it back. */
  empty(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    asRoot('umount', '-l', this.folder);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}

function asRoot(command: string, ...args: readonly string[]): boolean {
  const words = process.getuid?.() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
  try {
    execFileSync(words[0]!, words.slice(1), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';

/** Whom the server runs as; see LeashedCommand. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  readonly reach: boolean;
}

/**
 * Postgres refuses to run as root, so as root it runs as the owner of its data, or else as `postgres` or `nobody`, whichever the machine
 * has; no user is made. Undefined where we are not root. `reach` is set where one of `paths` lies in a folder closed to that user, such as
 * a checkout in root's home.
 */
export function serverUser(dataFolder: string, paths: readonly string[]): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = ownerOf(dataFolder) ?? accountOf('postgres') ?? accountOf('nobody');
  if (user === undefined) {
    throw new EmbeddedServerError(
      'Expected a user postgres or nobody to run Postgres as, because it refuses to run as root, but there is neither: add one, or set DATABASE_URL.',
    );
  }
  return { ...user, reach: !paths.every((path) => isOpenToAll(path)) };
}

function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat === undefined || stat.uid === 0 ? undefined : { uid: stat.uid, gid: stat.gid };
}

function accountOf(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Whether everybody may pass every folder above the path. */
function isOpenToAll(path: string): boolean {
  const parent = dirname(path);
  return (statSync(parent).mode & 0o001) !== 0 && (parent === path || isOpenToAll(parent));
}

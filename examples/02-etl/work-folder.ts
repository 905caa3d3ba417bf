import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Where the tasks of one run leave files for each other: a folder that all its workers reach. `MILLRACE_ETL_FOLDER`, by
 * default one of this user's own in the machine's temporary folder, which is enough for workers on one machine.
 */
export function workFolder(run: string): string {
  return join(process.env['MILLRACE_ETL_FOLDER'] ?? join(tmpdir(), `millrace-etl-${userInfo().uid}`), run);
}

/** Whole or not at all, whoever else writes the same file: an attempt may run twice. */
export async function writeChunk(file: string, attempt: number, value: unknown): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const unfinished = `${file}.${attempt}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(value));
  await rename(unfinished, file);
}

export async function readChunk<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

export async function removeFolder(run: string): Promise<void> {
  await rm(workFolder(run), { recursive: true, force: true });
}

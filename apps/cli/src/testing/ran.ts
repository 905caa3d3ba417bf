import { vi } from 'vitest';
import { runMain } from '../run-main.js';

/** What a command wrote, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process. */
export async function ran(...args: readonly string[]): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const listen = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  const spies = [listen('stdout'), listen('stderr')];
  const before = process.exitCode;
  try {
    process.exitCode = undefined;
    const code = await runMain(args);
    return { code, ...said };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

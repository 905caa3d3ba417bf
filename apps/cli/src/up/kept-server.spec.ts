import { expect, it, vi } from 'vitest';
import { KeptServer, type ServerProcess } from './kept-server.js';

/** A server that ends when it is told to. */
function oneServer(pid: number): ServerProcess & { end(): void } {
  let end: () => void = () => undefined;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    end = () => resolve({ code: 1, signal: null });
  });
  return { pid, logFile: 'log', exited, stop: async () => end(), end };
}

it('starts a server again that ended by itself, until it is stopped', async () => {
  const servers: ReturnType<typeof oneServer>[] = [];
  const lines: string[] = [];
  const kept = new KeptServer(
    'kafka',
    async () => {
      servers.push(oneServer(servers.length + 1));
      return servers.at(-1) as ServerProcess;
    },
    (line) => lines.push(line),
  );
  await kept.start();
  servers[0]?.end();
  await vi.waitFor(() => expect(kept.pid).toBe(2));
  await Promise.all([kept.stop(), kept.stop()]);
  await kept.start();
  expect(kept.pid).toBeUndefined();
  expect(servers).toHaveLength(2);
  expect(lines).toEqual(['kafka: ended with code 1; starts again in 200 ms']);
});

it('tries again where a later start fails, and rejects where the first one does', async () => {
  let starts = 0;
  const first = oneServer(1);
  const kept = new KeptServer(
    'kafka',
    async () => {
      starts += 1;
      if (starts === 2) throw new Error('Expected a port, but it is taken');
      return starts === 1 ? first : oneServer(starts);
    },
    () => undefined,
  );
  await kept.start();
  first.end();
  await vi.waitFor(() => expect(kept.pid).toBe(3), { timeout: 5_000 });
  await kept.stop();
  const failing = new KeptServer(
    'postgres',
    () => Promise.reject(new Error('no disk')),
    () => undefined,
  );
  await expect(failing.start()).rejects.toThrow('no disk');
});

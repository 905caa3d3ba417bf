import { createServer } from 'node:net';

/**
 * A TCP port of 127.0.0.1 that nobody listens on. The system chooses it, so two calls rarely agree, but nothing reserves it: whoever binds
 * it later may still find it taken and asks again.
 */
export async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (port === undefined) throw new Error('Expected the system to give a free port of 127.0.0.1, but it gave none');
  return port;
}

/** Whether a server could listen on this port of 127.0.0.1 now. A port in TIME_WAIT counts as free. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== undefined;
}

/** Keeps `wanted` where it is free, and otherwise gives another free port. */
export async function sameOrFreePort(wanted: number | undefined): Promise<number> {
  return wanted !== undefined && (await isPortFree(wanted)) ? wanted : freePort();
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}

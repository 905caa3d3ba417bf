import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createClient, defineTask } from '@millrace/client';
import { z } from 'zod';
import { percentile, type Figures } from './figures.ts';
import type { LoneWorkload } from './workload.ts';

const callers = 32;
/** Each way is measured so often in a round, in turns, and its median taken: what else the machine does falls on few of them. */
const turns = 40;
const input = { url: 'https://example.org/a.png', width: 640 };
const resizeImage = defineTask('resize-image', { input: z.object({ url: z.string(), width: z.int() }) });

/** Single submits by the client to a server in another process that answers at once, beside the same request by `fetch` alone. */
export const clientOverhead: LoneWorkload = {
  title: 'Overhead of the client: CPU of its process a submit, over what fetch itself takes',
  needs: 'nothing',
  sizeDefault: 5_000,
  warmUpSize: 3_000,
  roundsDefault: 5,
  async round({ size }) {
    const { server, url } = await startServer();
    try {
      const client = createClient({ url });
      const body = JSON.stringify({ handler: 'resize-image', input });
      const headers = { 'content-type': 'application/json' };
      const ways = {
        fetch: async () => JSON.parse(await (await fetch(`${url}/v1/tasks`, { method: 'POST', headers, body })).text()),
        submit: () => client.submitTask({ handler: 'resize-image', input }),
        typed: () => client.submitTask(resizeImage, { input }),
      };
      const spentUs: Record<string, number[]> = { fetch: [], submit: [], typed: [] };
      const calls = Math.ceil(size / turns);
      for (let turn = 0; turn < turns; turn++) {
        for (const [name, way] of Object.entries(ways)) {
          spentUs[name]!.push((await cpuUsOf(calls, way)) / calls);
        }
      }
      const [fetchUs, submitUs, typedUs] = Object.values(spentUs).map((values) => percentile(values, 50));
      return {
        overheadUs: submitUs! - fetchUs!,
        typedOverheadUs: typedUs! - fetchUs!,
        fetchUs: fetchUs!,
        submitUs: submitUs!,
        streamUs: (await cpuUsOf(1, () => stream(client, size))) / size,
      } satisfies Figures;
    } finally {
      server.disconnect();
    }
  },
};

async function cpuUsOf(calls: number, call: () => Promise<unknown>): Promise<number> {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function stream(client: ReturnType<typeof createClient>, size: number): Promise<void> {
  let answered = 0;
  const items = Array.from({ length: size }, () => ({ handler: 'resize-image', input }));
  for await (const answer of client.submitStream(items)) if ('run' in answer) answered += 1;
  if (answered !== size) throw new Error(`Expected ${size} answers, but got ${answered}: the round is void.`);
}

async function startServer(): Promise<{ server: ChildProcess; url: string }> {
  const server = fork(join(import.meta.dirname, 'answering-server.mjs'));
  const [port] = (await once(server, 'message')) as [number];
  return { server, url: `http://127.0.0.1:${port}` };
}

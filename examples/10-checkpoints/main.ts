import { fork, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { createClient } from '@millrace/client';

interface Told {
  readonly attempt: number;
  /** At the start of an attempt: what its checkpoint says was sent already. */
  readonly from?: number;
  readonly sent?: number;
}

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });

/** Starts a worker process and resolves when the handler has told something that fits. */
async function workUntil(fits: (told: Told) => boolean): Promise<[worker: ChildProcess, told: Told]> {
  const worker = fork(new URL('worker.js', import.meta.url));
  for await (const [told] of on(worker, 'message') as AsyncIterable<[Told]>) if (fits(told)) return [worker, told];
  throw new Error('Expected the worker to tell more, but it does not.');
}

const { run } = await client.submitTask({
  handler: 'letters.send',
  input: { count: 40 },
  // The handler says that it lives ten times a second. One that hangs is ended after this long.
  heartbeatTimeoutMs: 5_000,
});
console.log(`run ${run}: 40 letters`);

const [first, killed] = await workUntil(({ sent }) => sent === 25);
first.kill('SIGKILL');
console.log(`attempt ${killed.attempt} is killed after ${killed.sent} letters`);
await once(first, 'exit');

// That the first worker is gone is noticed when it has been silent for its session, 10 s. It burns no retry.
const [second, resumed] = await workUntil(({ from }) => from !== undefined);
console.log(`attempt ${resumed.attempt} goes on behind letter ${resumed.from}`);

const { tasks, attempts } = await client.waitForRun(run);
for (const { attempt, outcome } of attempts) console.log(`  attempt ${attempt} ${outcome}`);
console.log(`${tasks[0]!.status}: ${JSON.stringify(tasks[0]!.result)}, failures ${tasks[0]!.failures}`);
second.kill('SIGTERM');

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, MillraceError } from '@millrace/client';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
await client.registerWorkflow(readFileSync(new URL('../workflow.yaml', import.meta.url), 'utf8'));
const { run, position } = await client.submitRun({ workflow: 'tour' });
console.log(`run ${run}`);

/** Resolves when a task of the run has come to a status. */
async function until(id: string, status: string): Promise<void> {
  for await (const event of client.tailRun(run, { waitFor: position })) {
    if (event.kind === 'task' && event.task.id === id && event.task.status === status) return;
  }
  throw new Error(`Expected ${id} to be ${status}, but the run has ended.`);
}

async function show(): Promise<void> {
  const { run: now, tasks } = await client.getRun(run);
  const paused = now.pausedAt === null ? '' : ' and paused';
  console.log(`  ${now.status}${paused}: ${tasks.map(({ id, status }) => `${id} ${status}`).join(', ')}`);
}

await until('lyon', 'running');
console.log(`pause: ${(await client.pauseRun(run, 'lunch')).verdict}`);
await until('geneva', 'queued');
await sleep(1_000);
await show();
console.log(`pause: ${(await client.pauseRun(run)).verdict}`);

console.log(`resume: ${(await client.resumeRun(run)).verdict}`);
await until('geneva', 'running');
await show();

console.log(`cancel: ${(await client.cancelRun(run, 'flat tyre')).verdict}`);
await client.waitForRun(run);
await show();
const refused = await client.resumeRun(run).catch((error: unknown) => error);
console.log(`resume: ${refused instanceof MillraceError ? refused.code : 'taken'}`);

import { readFileSync } from 'node:fs';
import { createClient } from '@millrace/client';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
await client.registerWorkflow(readFileSync(new URL('../weather.yaml', import.meta.url), 'utf8'));

const inputs: Record<string, string>[] = [{ city: 'Bergen' }, {}];
for (const input of inputs) {
  const { run } = await client.submitRun({ workflow: 'weather-report', input });
  const { run: ended, tasks } = await client.waitForRun(run);
  for (const { id, status, attempt } of tasks) console.log(`${id} ${status} after ${attempt} attempts`);
  console.log(`${ended.status}: ${JSON.stringify(tasks[1]!.result)}`);
}

import { readFileSync } from 'node:fs';
import { createClient } from '@millrace/client';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
const { name, version } = await client.registerWorkflow(
  JSON.parse(readFileSync(new URL('../workflow.json', import.meta.url), 'utf8')),
);
const { run, position } = await client.submitRun({ workflow: name, version });
for await (const event of client.tailRun(run, { waitFor: position })) {
  console.log(event.kind === 'task' ? `${event.task.id.padEnd(12)} ${event.task.status}` : `run ${event.run.status}`);
}

const { rows } = await client.sql('SELECT hour, flights, late FROM etl_hours ORDER BY late DESC LIMIT 3');
for (const [hour, flights, late] of rows) console.log(`${hour}:00  ${flights} flights, ${late} late`);

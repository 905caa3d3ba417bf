import { createClient } from '@millrace/client';
import { primesWorkflow } from './workflow.js';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
const leaves = Number(process.argv[2] ?? 10_000);

const { name, version, tasks } = await client.streamWorkflow(() => primesWorkflow(leaves));
console.log(`workflow ${name}, ${tasks} tasks`);

const { run } = await client.submitRun({ workflow: name, version });
console.log(`run ${run}`);
const { run: ended } = await client.waitForRun(run);
const tookMs = Date.parse(ended.endedAt!) - Date.parse(ended.requestedAt);
console.log(`${ended.status} in ${tookMs} ms`);
if (ended.status !== 'succeeded') process.exitCode = 1;

const { rows } = await client.sql(
  `SELECT status, count(*), max(attempt) AS attempts FROM task_runs WHERE run_id = '${run}' GROUP BY status`,
);
for (const [status, count, attempts] of rows) console.log(`${count} ${status}, at most ${attempts} attempt`);

const sum = await client.sql(
  `SELECT coalesce(result, error) FROM task_runs WHERE run_id = '${run}' AND task_id = 'sum'`,
);
console.log(JSON.stringify(sum.rows[0]![0]));

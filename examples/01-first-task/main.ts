import { createClient } from '@millrace/client';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
const { run } = await client.submitTask({ handler: 'hello', input: { name: process.argv[2] ?? 'world' } });
console.log(`run ${run}`);

const { run: ended, tasks } = await client.waitForRun(run);
console.log(ended.status, JSON.stringify(tasks[0]?.result));

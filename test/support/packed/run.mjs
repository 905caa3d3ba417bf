import assert from 'node:assert/strict';
import { createClient, MillraceError } from '@millrace/client';
import { createWorker, NonRetryableError } from '@millrace/worker';
import { MillraceModule, TaskHandler } from '@millrace/nestjs';
import { TaskBench } from '@millrace/nestjs/testing';

const worker = createWorker({ brokers: '127.0.0.1:1' }).handle('hello', () => 'hello');
assert.equal(worker.condition.state, 'new');
const client = createClient({ url: 'http://127.0.0.1:1', retriesMax: 0 });
const refused = await client.submitTask({ handler: 'hello' }).catch((error) => error);
assert.ok(refused instanceof MillraceError, String(refused));
assert.ok(MillraceError.prototype instanceof Error && NonRetryableError.prototype instanceof Error);
for (const exported of [MillraceModule, TaskHandler, TaskBench]) assert.equal(typeof exported, 'function');
console.log('runs');

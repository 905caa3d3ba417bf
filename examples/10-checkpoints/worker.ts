import { setTimeout as sleep } from 'node:timers/promises';
import { createWorker, type TaskContext } from '@millrace/worker';

interface Letters {
  readonly count: number;
}

interface Checkpoint {
  readonly sent: number;
}

/** Sends letters one by one, and goes on behind the last one that its checkpoint knows. */
async function send({ count }: Letters, { attempt, checkpoint, heartbeat, signal }: TaskContext) {
  const { sent: before } = (checkpoint ?? { sent: 0 }) as unknown as Checkpoint;
  process.send?.({ attempt, from: before });
  for (let sent = before + 1; sent <= count; sent++) {
    await sleep(100, undefined, { signal });
    process.send?.({ attempt, sent });
    heartbeat({ sent });
  }
  return { count, attempt, sentByThisAttempt: count - before };
}

const silent = () => undefined;
const worker = createWorker({
  brokers: process.env['MILLRACE_KAFKA_BROKERS'] ?? '127.0.0.1:9092',
  prefix: process.env['MILLRACE_TOPICS_PREFIX'] ?? 'millrace',
  journal: { info: silent, warn: silent, error: console.error },
}).handle('letters.send', send);
process.once('SIGTERM', () => void worker.stop().then(() => process.exit()));
await worker.start();

import { setTimeout as sleep } from 'node:timers/promises';
import { createWorker, type Worker } from '@millrace/worker';

interface Ticket {
  readonly name: string;
}

const silent = () => undefined;

/**
 * A worker that answers one ticket at a time, and takes no second one in advance (`creditsMax`): what waits then waits with the dispatcher,
 * where priority is decided. Tells `onAnswer` in the order in which it answers.
 */
export function oneSlotWorker(onAnswer: (name: string) => void): Worker {
  return createWorker({
    brokers: process.env['MILLRACE_KAFKA_BROKERS'] ?? '127.0.0.1:9092',
    prefix: process.env['MILLRACE_TOPICS_PREFIX'] ?? 'millrace',
    slots: 1,
    creditsMax: 1,
    journal: { info: silent, warn: console.warn, error: console.error },
  }).handle<Ticket>('tickets.answer', async ({ name }) => {
    onAnswer(name);
    await sleep(50);
  });
}

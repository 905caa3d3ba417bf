import { createWorker, type Worker } from '@millrace/worker';
import type { Producer } from 'kafkajs';
import type { Order } from './order-events.js';

const silent = () => undefined;

/** Serves `invoices.make`, whose answer is a record on a topic of the shop's own; the attempt's end is no sooner than the broker has it. */
export function invoiceWorker(brokers: string, prefix: string, producer: Producer, topic: string): Worker {
  return createWorker({ brokers, prefix, journal: { info: silent, warn: silent, error: console.error } }).handle<Order>(
    'invoices.make',
    async ({ order, cents }, { idempotencyKey }) => {
      const invoice = JSON.stringify({ order, total: (cents / 100).toFixed(2) });
      // An attempt that is repeated sends it again: readers know it by its key.
      await producer.send({ topic, messages: [{ key: idempotencyKey, value: invoice }] });
    },
  );
}

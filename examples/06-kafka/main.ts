import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { invoiceWorker } from './invoice-worker.js';
import { taskRequested } from './order-events.js';

const brokers = process.env['MILLRACE_KAFKA_BROKERS'] ?? '127.0.0.1:9092';
const prefix = process.env['MILLRACE_TOPICS_PREFIX'] ?? 'millrace';
const [intake, quarantine, invoices] = [`${prefix}.intake`, `${prefix}.quarantine`, 'shop.invoices'];
const kafka = new Kafka({ clientId: 'shop', brokers: brokers.split(','), logLevel: logLevel.ERROR });
const batch = randomUUID().slice(0, 8);

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: invoices, numPartitions: 1 }], waitForLeaders: true });
await admin.disconnect();

const producer = kafka.producer();
await producer.connect();
const worker = invoiceWorker(brokers, prefix, producer, invoices);
await worker.start();

const event = (number: number, handler: string) =>
  taskRequested(`order-${batch}-${number}`, handler, { order: `order-${batch}-${number}`, cents: number * 1_000 });
await producer.send({
  topic: intake,
  // The first order is sent twice, and the third one asks for what can be no handler.
  messages: [event(1, 'invoices.make'), event(2, 'invoices.make'), event(1, 'invoices.make'), event(3, 'no handler!')],
});
const kcat = spawnSync('sh', [fileURLToPath(new URL('../order.sh', import.meta.url)), `order-${batch}-4`, '4000']);
if (kcat.status !== 0) {
  console.log('kcat is not here (Debian: apt-get install kcat), so the fourth order is sent by kafkajs.');
  await producer.send({ topic: intake, messages: [event(4, 'invoices.make')] });
}

/** The next four answers to this batch, in the order of its orders. */
const answers: string[] = [];
const consumer = kafka.consumer({ groupId: `shop-${batch}` });
await consumer.connect();
await consumer.subscribe({ topics: [invoices, quarantine], fromBeginning: true });
await new Promise<void>((resolve) => {
  void consumer.run({
    eachMessage: async ({ topic, message: { value, headers } }) => {
      const [, number] = new RegExp(`order-${batch}-(\\d)`).exec(String(value)) ?? [];
      if (number === undefined) return;
      const { total } = JSON.parse(String(value)) as { total?: string };
      const cause = String(headers?.['millrace-cause']);
      answers.push(`order ${number}: ${topic === invoices ? `invoice of ${total}` : `refused, ${cause}`}`);
      if (answers.length === 4) resolve();
    },
  });
});
for (const answer of answers.sort()) console.log(answer);
console.log(`batch ${batch}`);
await Promise.all([consumer.disconnect(), worker.stop()]);
await producer.disconnect();

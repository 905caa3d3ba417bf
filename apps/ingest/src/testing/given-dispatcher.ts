import { randomBytes } from 'node:crypto';
import { systemClock } from '@millrace/nest-kit';
import { DispatchLoop, LogItems } from '@millrace/runtime';
import { InMemoryGroup, quietJournal, type InMemoryLog } from '@millrace/runtime/testing';
import { partitions, topics } from './given-ingest.js';

/** A dispatcher that owns every partition of the log; resolves when it does. */
export async function givenDispatcher(log: InMemoryLog, by = 'dispatcher-1'): Promise<DispatchLoop> {
  const loop = new DispatchLoop({
    topics,
    logReader: log.reader(),
    heartbeatReader: log.reader(),
    items: new LogItems(log.reader(), topics.log),
    writer: log,
    ownership: new InMemoryGroup(partitions).member(),
    clock: systemClock,
    journal: quietJournal(),
    by,
    nonce: () => randomBytes(16).toString('hex'),
  });
  await loop.start();
  const deadline = Date.now() + 5_000;
  while (loop.partitions.filter(({ phase }) => phase === 'owning').length < partitions) {
    if (Date.now() > deadline) throw new Error('Expected the dispatcher to own every partition within 5 s.');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return loop;
}

import { expect, it } from 'vitest';
import { delivery, heldHandler, settled, TestWorker } from '../testing/given-worker.js';

it('beats at its start, after each join and change of handlers, and every two seconds', async () => {
  const test = await new TestWorker({ slots: 10 }).join();
  expect(test.heartbeats.map(({ queues }) => queues)).toEqual([{}, { default: [3] }]);
  test.worker.handle('b', () => 1).handle('a', () => 2);
  await settled();
  expect(test.heartbeat).toMatchObject({ kind: 'worker', id: test.id, slots: 10, busy: 0, handlers: ['a', 'b'] });
  const before = test.heartbeats.length;
  await test.pass(4_000);
  expect(test.heartbeats.length - before).toBe(2);
  test.source.leave();
  test.source.join({ default: [1, 2] });
  await settled();
  expect(test.heartbeat.queues).toEqual({ default: [1, 2] });
});

it('lists deliveries as held, claiming with their nonce, and running with how long', async () => {
  const test = await new TestWorker({ slots: 2 }).join();
  test.worker.handle('h', heldHandler().handler);
  const [running, claiming, held] = [delivery('h'), delivery('h', { claimFirst: true }), delivery('h')];
  test.deliver([running, claiming, held], { epoch: 5 });
  await test.pass(750);
  test.worker.handle('other', () => 1);
  await settled();
  const entry = { task: 0, attempt: 1, epoch: 5 };
  expect(test.heartbeat.busy).toBe(2);
  expect(test.heartbeat.deliveries).toEqual([
    { run: running.run, ...entry, state: 'running', runningMs: 750 },
    { run: claiming.run, ...entry, state: 'claiming', nonce: test.starts(claiming.run)[0]!.nonce },
    { run: held.run, ...entry, state: 'held' },
  ]);
});

it('says at once that it grants more when its tasks turn out to be short', async () => {
  const test = await new TestWorker({ slots: 10, creditsMax: 64 }).join();
  test.worker.handle('h', async () => undefined);
  expect(test.heartbeat.credits).toEqual([5, 5]);
  test.deliver(Array.from({ length: 8 }, () => delivery('h')));
  await settled();
  await test.pass(250);
  expect(test.heartbeat.credits).toEqual([64, 64]);
});

it('goes on beating after heartbeats that nobody acknowledged', async () => {
  const test = await new TestWorker().join();
  test.log.stop();
  await test.pass(4_000);
  test.log.restart();
  const before = test.heartbeats.length;
  await test.pass(2_000);
  expect(test.heartbeats.length).toBe(before + 1);
});

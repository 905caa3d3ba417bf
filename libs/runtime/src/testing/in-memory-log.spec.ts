import { expect, it } from 'vitest';
import { LogUnavailable } from '../ports.js';
import { InMemoryLog } from './in-memory-log.js';
import { ManualClock } from './manual-clock.js';

const record = (text: string) => ({ value: new TextEncoder().encode(text) });

it('fails appends in the two ways of a broken connection', async () => {
  const log = new InMemoryLog(new ManualClock(), { log: 1 });
  log.nextAppends(['unacknowledged', 'lost', 'acknowledged']);
  await expect(log.append('log', 0, [record('there')])).rejects.toBeInstanceOf(LogUnavailable);
  await expect(log.append('log', 0, [record('not there')])).rejects.toBeInstanceOf(LogUnavailable);
  expect(await log.append('log', 0, [record('told')])).toMatchObject({ offset: 1 });
  expect(log.texts('log', 0)).toEqual(['there', 'told']);
});

it('holds answers back while the records are in the log already', async () => {
  const log = new InMemoryLog(new ManualClock(), { log: 1 });
  const release = log.holdAnswers();
  let answered = false;
  const appending = log.append('log', 0, [record('a')]).then(() => void (answered = true));
  expect(log.texts('log', 0)).toEqual(['a']);
  await Promise.resolve();
  expect(answered).toBe(false);
  release();
  await appending;
});

it('fails long polls when it goes down and reads on after a restart', async () => {
  const log = new InMemoryLog(new ManualClock(), { log: 1 });
  const reader = log.reader();
  const polling = reader.fetch([{ topic: 'log', partition: 0, offset: 0 }], 1_000);
  log.stop();
  await expect(polling).rejects.toBeInstanceOf(LogUnavailable);
  log.restart();
  await log.append('log', 0, [record('a')]);
  expect(await reader.fetch([{ topic: 'log', partition: 0, offset: 0 }], 0)).toHaveLength(1);
});

it('leaves gaps and valueless records where a test wants them', async () => {
  const log = new InMemoryLog(new ManualClock(), { log: 1 });
  log.partition('log', 0).appendValueless(5);
  log.partition('log', 0).skip(3);
  await log.append('log', 0, [record('a')]);
  const [fetched] = await log.reader().fetch([{ topic: 'log', partition: 0, offset: 0 }], 0);
  expect(fetched?.records.map(({ offset, value }) => [offset, value === undefined])).toEqual([
    [0, true],
    [4, false],
  ]);
});

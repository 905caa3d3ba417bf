import { Worker as Thread } from 'node:worker_threads';
import { bandDefault, chanceMax, type Event } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';
import { checkedCheckpoint } from '../checked-result.js';
import { HandlerBeats } from '../handler-beats.js';
import { HandlerCalls } from '../handler-calls.js';
import { HandlerTable } from '../handler.js';
import { HeldAttempt } from '../held-attempt.js';
import { AttemptRevoked } from '../errors.js';
import { jsonLinesJournal } from '../json-lines-journal.js';
import { loadHandlers } from '../load-handlers.js';
import { RunTimes } from '../run-times.js';
import { systemClock } from '../system-clock.js';
import type { FromChild, ToChild } from './child-protocol.js';

/**
 * Entry of the process that runs attempts under suspicion: the handlers of the modules that its arguments name, called as
 * in the worker, one at a time. It does not outlive its worker, also where a handler blocks it.
 */
const tell = (message: FromChild): void => void process.send?.(message);
const table = new HandlerTable();
let running: HeldAttempt | undefined;

/** The worker logs its checkpoints and watches over its silence. */
class ToldBeats extends HandlerBeats {
  override beat(_attempt: HeldAttempt, details: unknown): void {
    const checkpoint = checkedCheckpoint(details);
    tell({ beat: checkpoint === undefined ? {} : { checkpoint } });
  }
}

const reports = {
  end: (attempt: HeldAttempt, item: Event) => {
    attempt.become('ended');
    running = undefined;
    if (item.type === 'TaskFinished') tell({ ended: item.outcome });
  },
  note: () => undefined,
};

const calls = new HandlerCalls({
  id: 'alone',
  beats: new ToldBeats({ id: 'alone', reports, clock: systemClock }),
  board: { enter: () => undefined },
  reports,
  runTimes: new RunTimes(),
  clock: systemClock,
  journal: jsonLinesJournal,
  draw: () => Math.floor(Math.random() * (chanceMax + 1)),
  onFreed: () => undefined,
});

function run(delivery: Delivery): void {
  const served = table.find(delivery.handler);
  if (served === undefined) return tell({ ended: 'not-served' });
  const record = { settle: () => undefined };
  const arrival = { band: bandDefault, epoch: 1, again: true, claimFirst: true, at: Date.now(), record };
  running = new HeldAttempt(delivery, served, arrival);
  calls.begin(running);
}

// A terminal and a service host signal every process of a group: that is no death of the handler, and the worker drains.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
const watch = `const worker = ${process.ppid}; setInterval(() => process.ppid === worker || process.kill(process.pid, 'SIGKILL'), 500);`;
new Thread(watch, { eval: true }).unref();

for (const [name, entry] of await loadHandlers(process.argv.slice(2))) {
  if (typeof entry === 'function') table.add(name, {}, entry);
  else table.add(name, entry, entry.handler);
}
process.on('message', (message: ToChild) => {
  if ('run' in message) run(message.run);
  else running?.abort(new AttemptRevoked(message.abort));
});
tell({ ready: true });

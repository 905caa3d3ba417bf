import { chanceMax } from '@millrace/domain';
import { controlPartitions } from '@millrace/protocol';
import { LogItems } from '@millrace/runtime';
import type { Handler, HandlerEntry, Worker } from '@millrace/worker';
import { BoardHeart, BoardView, workerOf } from '@millrace/worker/engine';
import { Life } from './life.js';
import { logPartitions, topics, type World } from './world.js';

/** Of one worker, beside what its options say. */
const creditsMax = 512;
const inputBytesMax = 64 * 1024 * 1024;
const drainMs = 30_000;

export interface RunningWorker {
  readonly life: Life;
  readonly worker: Worker;
}

/** The real worker, with every handler called as `call` says. */
export function startWorker(
  world: World,
  name: string,
  slots: number,
  handlers: ReadonlyMap<string, HandlerEntry>,
  call: (life: Life, name: string, handler: Handler<unknown>) => Handler<unknown>,
): RunningWorker {
  const { time, log, journal, chance } = world;
  const life = new Life(time, log);
  const { clock } = life;
  const monotonicMs = (): number => time.uptimeMs();
  const worker = workerOf({
    ...{ name, topics, slots, creditsMax, inputBytesMax, drainMs, clock, journal, monotonicMs },
    draw: () => chance.between(0, chanceMax),
    nonce: () => chance.hex(32),
    connect: async (id) => ({
      ...{ logPartitions, controlPartitions, writer: life.writer, control: life.reader() },
      source: world.workers.member(life),
      items: new LogItems(life.reader(), topics.log),
      openHeart: ({ board: { memory } }) =>
        new BoardHeart({
          ...{ id, topic: topics.workers, board: new BoardView(memory), clock: life.heartClock, monotonicMs },
          ...{ writer: life.writer, warn: () => undefined },
        }),
      close: async () => undefined,
    }),
  });
  for (const [handlerName, entry] of handlers) {
    const { handler, ...options } = typeof entry === 'function' ? { handler: entry } : entry;
    worker.handle(handlerName, options, call(life, handlerName, handler));
  }
  void worker.start();
  return { life, worker };
}

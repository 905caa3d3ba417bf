import { DispatchLoop, LogItems, type OwnershipHint } from '@millrace/runtime';
import { Life } from './life.js';
import { topics, type World } from './world.js';

export interface RunningDispatcher {
  readonly life: Life;
  readonly membership: OwnershipHint;
}

/** The real dispatcher, as a process that the environment may end. */
export function startDispatcher(world: World): RunningDispatcher {
  const { time, log, journal, chance } = world;
  const life = new Life(time, log);
  const membership = world.dispatchers.member();
  const loop = new DispatchLoop({
    ...{ topics, journal, clock: life.clock, writer: life.writer },
    logReader: life.reader(),
    heartbeatReader: life.reader(),
    items: new LogItems(life.reader(), topics.log),
    ownership: membership,
    by: `dispatcher-${chance.hex(8)}`,
    nonce: () => chance.hex(32),
  });
  void loop.start();
  return { life, membership };
}

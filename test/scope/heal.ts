import type { ScopeWorld } from './scope-world.ts';

/** Seconds of the world that it may take to come to rest. */
const secondsMax = 150;
const patienceSeconds = 12;
const turnsMax = 40;

/**
 * From here on nothing goes wrong, and everything that can happen does: gives whether all runs end. What is on its way without
 * anybody waiting for it stays away for ever.
 */
export async function comesToRest(world: ScopeWorld): Promise<boolean> {
  world.inFlight = world.inFlight.filter(({ process, hasFailed }) => process.isAlive && !hasFailed);
  for (let second = 0; second < secondsMax; second++) {
    for (let turn = 0; turn < turnsMax && (await movesOn(world)); turn++);
    if (world.oracles.witness.isQuiet || world.oracles.violations.length > 0) break;
    const owners = [...world.dispatchers.values()];
    if (second >= patienceSeconds && owners.every(({ owner }) => owner.phase === 'following'))
      owners[0]!.owner.claimAgain(0);
    await world.pass(1_000);
  }
  if (world.oracles.violations.length === 0 && world.oracles.witness.isQuiet)
    world.oracles.checked.observe({ kind: 'at-rest' });
  return world.oracles.witness.isQuiet;
}

/** Everybody reads, everything lands and is acknowledged, every handler succeeds; gives whether there was anything. */
async function movesOn(world: ScopeWorld): Promise<boolean> {
  let hasMoved = false;
  for (const append of world.inFlight) {
    hasMoved = true;
    if (append.landed === undefined) world.land(append);
    world.forget(append);
    append.resolve(append.landed!);
    await world.settle();
  }
  for (const dispatcher of world.dispatchers.values()) {
    if (dispatcher.unread <= 0) continue;
    hasMoved = true;
    dispatcher.read(dispatcher.unread);
    await world.settle();
  }
  for (const [key, { succeed }] of world.worker.running) {
    hasMoved = true;
    world.worker.running.delete(key);
    succeed();
    await world.settle();
  }
  return hasMoved;
}

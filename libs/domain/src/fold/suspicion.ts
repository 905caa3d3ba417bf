import type { TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';

/**
 * A task run that was in flight in so many workers that died may be what ends them. One death proves nothing: machines are
 * switched off, deployments end hard, and what runs under suspicion runs one by one. See docs/adr/0005-suspects-after-two-deaths.md.
 */
export const deathsToSuspect = 2;
/** Deaths of a suspect's own process that end it. */
const ownDeathsMax = 2;

/** Must it run alone in a process of its own? */
export function isSuspect(run: Run, task: TaskIndex): boolean {
  return run.deathsOf(task) >= deathsToSuspect;
}

/** A worker died that had it in flight. A suspect is not made worse by that: others may have been in that process. */
export function witnessDeath(run: Run, task: TaskIndex): void {
  if (!isSuspect(run, task)) run.setDeaths(task, run.deathsOf(task) + 1);
}

/** It has blocked a worker, or was there when one was blocked. */
export function suspect(run: Run, task: TaskIndex): void {
  if (!isSuspect(run, task)) run.setDeaths(task, deathsToSuspect);
}

/** Its own process died. True: it is poison. */
export function ownDeath(run: Run, task: TaskIndex): boolean {
  suspect(run, task);
  const deaths = run.deathsOf(task) + 1;
  run.setDeaths(task, deaths);
  return deaths >= deathsToSuspect + ownDeathsMax;
}

/** It ran to an end of its own. */
export function acquit(run: Run, task: TaskIndex): void {
  run.setDeaths(task, 0);
}

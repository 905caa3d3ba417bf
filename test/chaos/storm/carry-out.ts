import { setTimeout as sleep } from 'node:timers/promises';
import { freeze } from '../../support/freeze.ts';
import type { TestSystem } from '../../support/local-system.ts';
import type { PlannedFault } from './plan-faults.ts';

/** A fault that happened. */
export interface DoneFault extends PlannedFault {
  /** By this machine's clock, in Unix milliseconds; the broker's is the same. */
  readonly doneAt: number;
  /** Which process it was, counted from 0. */
  readonly process: number;
}

/** Does to the processes of a system what was planned. One that does not run at its time is waited for: none is left out. */
export async function carryOut(
  system: TestSystem,
  faults: readonly PlannedFault[],
  onFault: (fault: DoneFault) => void,
): Promise<DoneFault[]> {
  const beganAt = Date.now();
  const done: DoneFault[] = [];
  const wakes: Promise<void>[] = [];
  for (const fault of faults) {
    await sleep(Math.max(0, beganAt + fault.atMs - Date.now()));
    const hit = await whenRunning(system, fault);
    const doneAt = Date.now();
    if (fault.way === 'freeze') wakes.push(frozenFor(hit.pid, fault.forMs));
    else system.kill(fault.kind, hit.process, fault.way === 'kill' ? 'SIGKILL' : 'SIGTERM');
    done.push({ ...fault, process: hit.process, doneAt });
    onFault(done.at(-1)!);
  }
  await Promise.all(wakes);
  return done;
}

async function whenRunning(
  system: TestSystem,
  { kind, index }: PlannedFault,
): Promise<{ pid: number; process: number }> {
  for (;;) {
    const pids = system.pidsOf(kind);
    for (let step = 0; step < pids.length; step++) {
      const process = (index + step) % pids.length;
      const pid = pids[process];
      if (pid !== undefined) return { pid, process };
    }
    await sleep(20);
  }
}

async function frozenFor(pid: number, forMs: number): Promise<void> {
  const wake = freeze(pid);
  await sleep(forMs);
  wake();
}

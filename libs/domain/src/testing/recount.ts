import { deathsToSuspect } from '../fold/suspicion.js';
import {
  bandsHighestFirst,
  isInFlight,
  isLive,
  isTerminal,
  jsonBytes,
  type PartitionState,
  type Run,
  type TaskIndex,
} from '../index.js';
import type { TimerKind } from '../partition/timers.js';

/**
 * Whatever the state counts or lists beside the statuses of its task runs, counted again from those alone. A sentence for
 * each that differs: none in a sound state.
 */
export function recount(state: PartitionState): string[] {
  const faults: string[] = [];
  const same = (what: string, counted: unknown, kept: unknown): void => {
    const [one, other] = [JSON.stringify(counted), JSON.stringify(kept)];
    if (one !== other) faults.push(`${what}: counted ${one}, kept ${other}`);
  };
  const rings: string[] = [];
  const aside: string[] = [];
  const flying: string[] = [];
  const timers: string[] = [];
  for (const run of state.runs.values()) {
    recountRun(run, same);
    timers.push(...timersOf(run));
    for (let task = 0; task < run.dag.tasks.length; task++) {
      const { queue, handler } = run.task(task);
      if (run.statusOf(task) !== 'queued') continue;
      if (state.ready.paused.has(run)) aside.push(`${run.id}/${task}`);
      else rings.push(`${queue} ${run.bandOf(task)} ${handler} ${run.id}/${task}`);
    }
    flying.push(...Array.from(run.inFlight.values(), ({ task, worker }) => `${worker} ${run.id}/${task}`));
    const isMarked = run.sweep !== undefined;
    same(`${run.id} is marked for sweeps`, isMarked, state.sweeping.has(run));
    if (run.status !== 'running') same(`${run.id} is being closed`, run.status, run.sweep?.close?.to);
  }
  same(
    'runs to be swept live',
    true,
    [...state.sweeping].every((run) => state.runs.get(run.id) === run),
  );
  same(
    'paused runs live',
    true,
    [...state.ready.paused.all()].every(([run]) => state.runs.get(run.id) === run),
  );
  same('waiting', rings.length, state.ready.waiting);
  same('rings', rings.sort(), standing(state).sort());
  const asideKept = [...state.ready.paused.entries()].filter(isLive).map(({ run, task }) => `${run.id}/${task}`);
  same('aside', aside.sort(), asideKept.sort());
  const held = [...state.workers.all()].flatMap(({ id, inFlight }) =>
    Array.from(inFlight, ({ run, task }) => `${id} ${run.id}/${task}`),
  );
  same('in flight', flying.sort(), held.sort());
  const live = Array.from(
    state.timers.live(),
    ({ timer: { at, run, task, kind } }) => `${run.id}/${task} ${kind} ${at}`,
  );
  same('timers', [...new Set(timers)].sort(), [...new Set(live)].sort());
  for (const queue of state.ready.queues()) {
    const counts = [0, 0, 0, 0, 0, 0];
    for (const ring of queue.rings()) counts[ring.band]! += [...ring.waiting()].length;
    same(`waiting of ${queue.queue}`, [counts, sum(counts)], [queue.waitingByBand, queue.waiting]);
    for (const ring of queue.rings()) {
      const order = Array.from(ring.waiting(), ({ seq }) => seq);
      same(
        `order of ${queue.queue}`,
        [...order].sort((one, other) => one - other),
        order,
      );
      same(`live of ${queue.queue}`, order.length, ring.live);
    }
  }
  for (const [, run, , endedAt] of state.keys.all()) {
    if (endedAt === undefined) same(`the run of a living key lives`, true, state.runs.has(run));
  }
  return faults;
}

type Same = (what: string, counted: unknown, kept: unknown) => void;

function recountRun(run: Run, same: Same): void {
  const { dag, id } = run;
  const all = dag.tasks.map((_, task) => task);
  const where = (test: (task: TaskIndex) => boolean): TaskIndex[] => all.filter(test);
  const open = where((task) => !isTerminal(run.statusOf(task)));
  const sorted = (tasks: Iterable<TaskIndex>) => [...tasks].sort((one, other) => one - other);
  same(`${id} open`, open.length, run.open);
  same(`${id} lives`, true, run.open > 0);
  same(
    `${id} in flight`,
    where((task) => isInFlight(run.statusOf(task))),
    sorted(run.inFlight.keys()),
  );
  same(
    `${id} due`,
    where((task) => ['backing_off', 'scheduled'].includes(run.statusOf(task))),
    sorted(run.dueAt.keys()),
  );
  const waits = (task: TaskIndex) => ['queued', 'dispatched'].includes(run.statusOf(task));
  const begun = (task: TaskIndex) =>
    !isTerminal(run.statusOf(task)) && !['pending', 'scheduled'].includes(run.statusOf(task));
  const timed = (name: 'scheduleToStartMs' | 'scheduleToCloseMs') => (task: TaskIndex) =>
    run.task(task)[name] !== undefined;
  same(`${id} start-by`, where(waits).filter(timed('scheduleToStartMs')), sorted(run.startBy.keys()));
  const bound = where(timed('scheduleToCloseMs')).concat(where((task) => run.task(task).retry.totalMs !== undefined));
  if (bound.length > 0) {
    same(`${id} close-by`, where(begun).filter(timed('scheduleToCloseMs')), sorted(run.closeBy.keys()));
    same(
      `${id} retry-by`,
      where(begun).filter((task) => run.task(task).retry.totalMs !== undefined),
      sorted(run.retryBy.keys()),
    );
  }
  for (const task of [...(run.checkpoints ?? [])].map(([task]) => task).concat([...run.deaths.keys()])) {
    same(`${id}/${task} with a checkpoint or deaths is open`, false, isTerminal(run.statusOf(task)));
  }
  same(
    `${id} deaths`,
    true,
    [...run.deaths.values()].every((deaths) => deaths > 0 && deaths < deathsToSuspect + 2),
  );
  const results = [...run.results.keys(), ...run.farResults.keys()];
  same(
    `${id} results`,
    true,
    results.every((task) => run.statusOf(task) === 'succeeded'),
  );
  same(`${id} bytes`, sum([...run.results.values()].map(jsonBytes)), run.resultBytes);
  if (run.status === 'running' && run.columns !== undefined) recountParents(run, same);
}

/** What parents have told, and that nothing stays pending whose join is decided, unless a sweep comes to it. */
function recountParents(run: Run, same: Same): void {
  const { dag, sweep, columns } = run;
  const untold = new Uint32Array(dag.tasks.length);
  for (const { task, edge } of sweep?.untold ?? []) {
    for (let at = edge; at < dag.childFrom[task + 1]!; at++) untold[dag.children[at]!]! += 1;
  }
  for (let task = 0; task < dag.tasks.length; task++) {
    const parents = dag.parents.subarray(dag.parentFrom[task], dag.parentFrom[task + 1]);
    const open = parents.reduce((count, parent) => count + (isTerminal(run.statusOf(parent)) ? 0 : 1), 0);
    if (open + untold[task]! !== columns!.waitsFor[task])
      same(`${run.id}/${task} waits for`, open + untold[task]!, columns!.waitsFor[task]);
    if (run.statusOf(task) !== 'pending' || run.judgeJoin(task) === 'wait') continue;
    const isSwept = sweep?.stage === 'birth' || (sweep?.stage === 'release' && sweep.next <= task);
    if (!isSwept) same(`${run.id}/${task} is pending`, run.judgeJoin(task), 'wait');
  }
}

function timersOf(run: Run): string[] {
  if (run.status !== 'running') return [];
  const kinds = { due: run.dueAt, 'start-by': run.startBy, 'close-by': run.closeBy } satisfies {
    [Kind in TimerKind]?: unknown;
  };
  const found = Object.entries(kinds).flatMap(([kind, instants]) =>
    Array.from(instants, ([task, at]) => `${run.id}/${task} ${kind} ${at}`),
  );
  if (run.runCloseBy !== undefined) found.push(`${run.id}/0 run-close-by ${run.runCloseBy}`);
  return found;
}

function standing(state: PartitionState): string[] {
  return bandsHighestFirst.flatMap((band) =>
    [...state.ready.rings(band)].flatMap((ring) =>
      Array.from(ring.waiting(), ({ run, task }) => `${ring.queue} ${band} ${ring.handler} ${run.id}/${task}`),
    ),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

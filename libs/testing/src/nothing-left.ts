import { whyWaiting, type PartitionState } from '@millrace/domain';

/** Nothing is left to happen, and what was waited for has not. */
export class NothingLeft extends Error {
  override readonly name = 'NothingLeft';
}

const toldMax = 5;

/** Says what the run waits for that no time brings. */
export function nothingLeft(state: PartitionState, id: string): NothingLeft {
  const run = state.runs.get(id);
  const waits: string[] = [];
  for (let task = 0; task < (run?.dag.tasks.length ?? 0) && waits.length < toldMax; task++) {
    const waiting = whyWaiting(state, run!, task);
    if (waiting !== undefined && waiting.reason !== 'parents')
      waits.push(`${run!.task(task).id} waits for ${sentences[waiting.reason] ?? waiting.reason}`);
  }
  const why = run === undefined ? 'it is not running' : waits.join('; ');
  return new NothingLeft(`Expected run ${id} to end, but nothing is left to happen: ${why}.`);
}

const sentences: Readonly<Record<string, string>> = {
  paused: 'its run to be resumed',
  'no-worker-serves-handler': 'a worker that serves its handler: give it to createTestEnvironment',
  'no-credit': 'room in the worker: its slots are taken',
  handler: 'its handler, which neither ends nor has a deadline',
};

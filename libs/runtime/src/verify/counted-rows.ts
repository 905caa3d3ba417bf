import type { FoldSink } from '@millrace/domain';
import { ProjectionRows } from '../projection-rows.js';

/** Rows of a partition, with how many runs and attempts they tell of. */
export class CountedRows extends ProjectionRows {
  runs = 0;
  attempts = 0;

  override runBorn(...told: Parameters<FoldSink['runBorn']>): void {
    this.runs += 1;
    super.runBorn(...told);
  }

  override taskMoved(...told: Parameters<FoldSink['taskMoved']>): void {
    if (told[3] === 'dispatched') this.attempts += 1;
    super.taskMoved(...told);
  }
}

/** Tells two sinks the same, the first one first. */
export function both(one: FoldSink, other: FoldSink): FoldSink {
  const names = Object.keys(silentNames) as (keyof FoldSink)[];
  const tell =
    (name: keyof FoldSink) =>
    (...told: unknown[]) => {
      for (const sink of [one, other]) (sink[name] as (...told: unknown[]) => void).apply(sink, told);
    };
  return Object.fromEntries(names.map((name) => [name, tell(name)])) as unknown as FoldSink;
}

/** Every method that a sink has: a new one does not compile before it is named here. */
const silentNames: Record<keyof FoldSink, true> = {
  runBorn: true, tasksBorn: true, taskMoved: true, bandChanged: true, runEnded: true, runPaused: true, checkpointSaved: true,
  workflowPinned: true, accepted: true, rejected: true, quarantined: true,
}; // prettier-ignore

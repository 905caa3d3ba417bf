import { isTerminal } from '@millrace/domain';
import { tailPositionText, type TailEvent } from '@millrace/protocol';
import type { World } from '../world/world.js';
import { runView, taskRunView } from './run-views.js';

/** How a run and its task runs stand, then each move, until the run has ended: server-sent events. */
export function eventStream(world: World, id: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const told = new Map<number | 'run', string>();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>({
    start(to) {
      const tell = (place: number | 'run', event: TailEvent, isEnd = false): void => {
        const data = JSON.stringify(event);
        if (told.get(place) === data) return;
        told.set(place, data);
        const { position, time } = world.witness.state;
        const at = tailPositionText({ partition: 0, offset: BigInt(position), atMs: time, isEnd });
        const status = event.kind === 'run' ? event.run.status : event.task.status;
        to.enqueue(encoder.encode(`id: ${at}\nevent: ${event.kind}.${status}\ndata: ${data}\n\n`));
      };
      const look = (): void => {
        const rows = world.store.ofRun(id)!;
        const run = runView(rows);
        if (run.status === 'running') tell('run', { kind: 'run', run });
        for (const row of rows.tasks) {
          const { result: _, error: __, checkpoint: ___, waitsFor: ____, ...task } = taskRunView(row);
          if (run.status === 'running' || isTerminal(task.status)) tell(row.task, { kind: 'task', task });
        }
        if (run.status === 'running') return;
        tell('run', { kind: 'run', run }, true);
        stop();
        to.close();
      };
      stop = world.onRows(look);
      look();
    },
    cancel: () => stop(),
  });
}

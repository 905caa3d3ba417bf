import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskContext } from '@millrace/worker';

interface Drive {
  readonly seconds: number;
}

/** Handlers by name, as `workflow.yaml` names them. */
export const handlers = {
  'tour.drive': async ({ seconds }: Drive, { id, signal, logger }: TaskContext) => {
    signal.addEventListener('abort', () => logger.info({}, 'turned back'));
    // Aborts on cancel: whatever takes a signal ends at once, and what is thrown or returned then is ignored.
    await sleep(seconds * 1_000, undefined, { signal });
    return { arrivedAt: id };
  },
};

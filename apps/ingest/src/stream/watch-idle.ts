import type { Readable } from 'node:stream';
import type { Clock } from '@millrace/runtime';

/** Without a byte for this long a stream is over. */
const idleMsMax = 60_000;

/** Ends a body of which nothing comes for too long; paused while we are the ones who do not read. */
export function watchIdle(body: Readable, clock: Clock): { pause(): void; resume(): void } {
  let cancel = (): void => undefined;
  const resume = (): void => {
    cancel = clock.after(idleMsMax, () => body.destroy(new Error('Expected more of the stream in time.')));
  };
  resume();
  return { pause: () => cancel(), resume };
}

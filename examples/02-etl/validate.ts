import { NonRetryableError, type TaskContext } from '@millrace/worker';
import type { Flight } from './flights.js';
import type { Extracted, Validated } from './manifests.js';
import { readChunk } from './work-folder.js';

/** Checks what was extracted, beside the transforms. A data set with a row that cannot be a flight is never loaded. */
export async function validate(_input: unknown, { parentResults, signal }: TaskContext): Promise<Validated> {
  const { rows: rowsExtracted, files } = parentResults['extract'] as unknown as Extracted;
  let rows = 0;
  let faults = 0;
  for (const file of files) {
    signal.throwIfAborted();
    for (const flight of await readChunk<Flight[]>(file)) {
      rows += 1;
      if (!isFlight(flight)) faults += 1;
    }
  }
  if (rows !== rowsExtracted) throw new Error(`Expected ${rowsExtracted} rows in the chunks, but found ${rows}.`);
  if (faults > 0) throw new NonRetryableError(`Expected every row to be a flight, but ${faults} of ${rows} are not.`);
  return { rows, faults };
}

function isFlight({ delay, distance, time }: Flight): boolean {
  const dayMinutes = 24 * 60;
  return (
    Number.isInteger(delay) &&
    Math.abs(delay) <= 2 * dayMinutes &&
    Number.isInteger(distance) &&
    distance > 0 &&
    distance <= 12_500 &&
    typeof time === 'number' &&
    time >= 0 &&
    time < 24
  );
}

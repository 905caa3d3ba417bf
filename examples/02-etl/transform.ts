import { join } from 'node:path';
import type { TaskContext } from '@millrace/worker';
import { departureMinute, type Flight } from './flights.js';
import type { Columns, Extracted, HourTotals, Transformed } from './manifests.js';
import { readChunk, workFolder, writeChunk } from './work-folder.js';

const lateMinutes = 15;

/** Turns one chunk into columns, and sums them up by hour of departure. */
export async function transform({ chunk }: { readonly chunk: number }, context: TaskContext): Promise<Transformed> {
  const { run, attempt, parentResults } = context;
  const { files } = parentResults['extract'] as unknown as Extracted;
  const flights = await readChunk<Flight[]>(files[chunk]!);
  const columns: Columns = { departureMinute: [], delayMinutes: [], distanceMiles: [] };
  const hours = new Map<number, HourTotals>();
  for (const flight of flights) {
    const minute = departureMinute(flight);
    columns.departureMinute.push(minute);
    columns.delayMinutes.push(flight.delay);
    columns.distanceMiles.push(flight.distance);
    count(hours, Math.floor(minute / 60), flight);
  }
  const file = join(workFolder(run), `transformed-${chunk}.json`);
  await writeChunk(file, attempt, columns);
  return { chunk, rows: flights.length, file, hours: [...hours.values()] };
}

function count(hours: Map<number, HourTotals>, hour: number, { delay, distance }: Flight): void {
  let totals = hours.get(hour);
  if (totals === undefined) {
    hours.set(hour, (totals = { hour, flights: 0, delayMinutes: 0, distanceMiles: 0, late: 0 }));
  }
  totals.flights += 1;
  totals.delayMinutes += delay;
  totals.distanceMiles += distance;
  if (delay >= lateMinutes) totals.late += 1;
}

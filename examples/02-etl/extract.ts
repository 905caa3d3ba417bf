import { join } from 'node:path';
import type { TaskContext } from '@millrace/worker';
import { flightsFile, readFlights } from './flights.js';
import type { Extracted } from './manifests.js';
import { workFolder, writeChunk } from './work-folder.js';

export interface ExtractInput {
  /** A file like the data set's. Default: the data set. */
  readonly source?: string;
}

/** As many as the workflow has transform nodes. */
export const chunkCount = 8;

/** Cuts the data set into files of equal size. */
export async function extract(
  input: ExtractInput | undefined,
  { run, attempt, signal }: TaskContext,
): Promise<Extracted> {
  const flights = readFlights(input?.source ?? flightsFile());
  const rowsPerChunk = Math.ceil(flights.length / chunkCount);
  const files: string[] = [];
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    signal.throwIfAborted();
    const file = join(workFolder(run), `extracted-${chunk}.json`);
    await writeChunk(file, attempt, flights.slice(chunk * rowsPerChunk, (chunk + 1) * rowsPerChunk));
    files.push(file);
  }
  return { rows: flights.length, files };
}

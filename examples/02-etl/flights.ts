import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One flight as the data set has it. */
export interface Flight {
  /** Minutes late at arrival, negative when early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  /** Departure as hours since midnight: 13.5 is half past one. */
  readonly time: number;
}

/** Minutes since midnight. The data set has them as fractions of an hour. */
export function departureMinute({ time }: Flight): number {
  return Math.round(time * 60);
}

/** `flights-200k.json` of the package vega-datasets: 200,000 domestic flights in the United States. */
export function flightsFile(): string {
  return fileURLToPath(new URL('../data/flights-200k.json', import.meta.resolve('vega-datasets')));
}

export function readFlights(file = flightsFile()): Flight[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Flight[];
}

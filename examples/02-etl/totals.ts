import { readFlights } from './flights.js';

export interface FlightTotals {
  readonly rows: number;
  readonly delayMinutes: number;
  readonly distanceMiles: number;
  readonly late: number;
  /** Flights by hour of departure, 0 to 23. */
  readonly flightsByHour: readonly number[];
}

/** The figures of the data set, straight from its file and by none of the workflow's code: what a run must arrive at. */
export function recomputeTotals(): FlightTotals {
  const flights = readFlights();
  const sum = (figure: (flight: (typeof flights)[number]) => number): number =>
    flights.reduce((total, flight) => total + figure(flight), 0);
  const minutes = flights.map(({ time }) => Number((time * 60).toFixed(0)));
  return {
    rows: flights.length,
    delayMinutes: sum(({ delay }) => delay),
    distanceMiles: sum(({ distance }) => distance),
    late: flights.filter(({ delay }) => delay > 14).length,
    flightsByHour: Array.from(
      { length: 24 },
      (_, hour) => minutes.filter((minute) => minute >= hour * 60 && minute < (hour + 1) * 60).length,
    ),
  };
}

/** What tasks tell each other as results: small, with the addresses of the files that hold the rows. */
export interface Extracted {
  readonly rows: number;
  readonly files: readonly string[];
}

/** Columns of one chunk, ready to be loaded. */
export interface Columns {
  readonly departureMinute: number[];
  readonly delayMinutes: number[];
  readonly distanceMiles: number[];
}

/** Figures of the flights that depart within one hour of the day. */
export interface HourTotals {
  readonly hour: number;
  flights: number;
  /** Of all flights, early ones negative. */
  delayMinutes: number;
  distanceMiles: number;
  /** Flights at least 15 minutes late, as the authorities count them. */
  late: number;
}

export interface Transformed {
  readonly chunk: number;
  readonly rows: number;
  readonly file: string;
  readonly hours: readonly HourTotals[];
}

export interface Validated {
  readonly rows: number;
  /** Rows that cannot be a flight. */
  readonly faults: number;
}

export interface Loaded {
  readonly rows: number;
  readonly hours: number;
  readonly late: number;
}

/** A prepared statement: `name` is unique in a session, parameters are columns (see column-encoder.ts) of equal length. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The invariants of docs/design.md, section 13. */
export const invariants = [
  'I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I12', 'I13', 'I14', 'I15', 'I16', 'I17', 'I18', 'I19', 'I20',
  'I21', 'I22', 'I23', 'I24', 'I25', 'I26', 'I27', 'I28', 'I29', 'I30',
] as const; // prettier-ignore
export type Invariant = (typeof invariants)[number];

/** What was seen does not agree with an invariant. */
export interface Violation {
  readonly rule: Invariant;
  readonly partition: number;
  /** Of the record that shows it; for what was seen of the world the last record of the partition before it, -1 before the first. */
  readonly offset: number;
  /** "Expected X, but Y.", with the run, task and attempt that it is about. */
  readonly sentence: string;
}

/** Something that is not as the log tells it. */
export interface Difference {
  /** Of design.md, section 13. */
  readonly rule: string;
  readonly partition: number | null;
  /** A table, or the topic of what differs. */
  readonly table: string;
  readonly key: string;
  readonly column: string | null;
  /** As the fold of the log tells it; null for nothing. */
  readonly wanted: string | number | null;
  /** As it is. */
  readonly found: string | number | null;
  /** Of the record that wrote it last, or that is damaged; null where nobody wrote it. */
  readonly offset: number | null;
  /** "Expected X, but Y." */
  readonly sentence: string;
}

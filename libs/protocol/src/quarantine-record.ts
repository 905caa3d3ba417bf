/** Headers of a record on the quarantine topic beside its own; its value is what it was. */
export const quarantineHeaders = {
  /** Kebab-case: why nothing can come of it. */
  cause: 'millrace-cause',
  /** A sentence for people. */
  detail: 'millrace-detail',
  /** `topic/partition/offset`. */
  origin: 'millrace-origin',
  /** Only where the value was too long to be kept whole: its length in bytes. Its own headers are left out then. */
  cut: 'millrace-cut-from-bytes',
} as const;

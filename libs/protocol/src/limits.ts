/** Sizes that writers keep and readers rely on. Bytes unless the name says otherwise. */
export const limits = {
  /** A frame closes at this many items ... */
  frameItemsMax: 512,
  /** ... or this many bytes. */
  frameBytesMax: 256 * 1024,
  /** A single item may be as long as this, alone in its frame. */
  itemBytesMax: 640 * 1024,
  /** `max.message.bytes` of every topic. */
  recordBytesMax: 1024 * 1024,
  /** Input, result: each as JSON. */
  payloadBytesMax: 128 * 1024,
  /** Results of parents and references to them, with the ids, in one delivery. */
  deliveryParentsBytesMax: 512 * 1024,
  /** Nesting of JSON, counted on bytes. */
  depthMax: 64,
  /** Tasks in one task record. */
  taskRecordTasksMax: 64,
  /** Bytes of one task record. */
  taskRecordBytesMax: 256 * 1024,
  /** Part of a workflow's canonical JSON in one event or record, in UTF-16 code units. */
  workflowPartCharsMax: 120 * 1024,
  /** Parts of one version at most. */
  workflowPartsMax: 2_048,
  /** A line of a streamed workflow: a node with the parents that it names. */
  workflowLineBytesMax: 16 * 1024 * 1024,
  /** Canonical JSON of one workflow, and the bytes that it is streamed in. */
  workflowBytesMax: 128 * 1024 * 1024,
  /** An idempotency key, in UTF-16 code units. */
  keyCharsMax: 200,
  bulkItemsMax: 1_000,
  /** A line of a streamed bulk. */
  lineBytesMax: 1024 * 1024,
  bodyBytesMax: 1024 * 1024,
  bulkBodyBytesMax: 16 * 1024 * 1024,
} as const;

/** The rules version that new partitions are born with and the highest that this code folds. */
export const rulesKnown = 1;

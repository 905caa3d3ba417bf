/** What a snapshot holds: a partition's state alone, or with it the rows of its live runs. */
export type SnapshotContent = 'state' | 'projection';

/** What a snapshot says of itself; its content begins with the same words. */
export interface SnapshotHeader {
  /** Of the content's form: only the code version that wrote it, and those that know it, read it. */
  readonly format: number;
  readonly content: SnapshotContent;
  readonly partition: number;
  /** Of the log: the nonce of the partition's birth. */
  readonly nonce: string;
  /** In force. */
  readonly rules: number;
  /** Next offset: everything below it is folded. */
  readonly position: number;
  /** Rolling hash of the records below `position`. */
  readonly hash: number;
}

/** Names a snapshot that is there as a whole. */
export interface SnapshotManifest extends SnapshotHeader {
  readonly v: 1;
  /** Where its chunks are, in order. */
  readonly chunks: readonly number[];
  readonly bytes: number;
  /** Hex SHA-256 over the bytes of all chunks. */
  readonly sha256: string;
}

/** Keeps the newest three snapshots of each content and partition. Calls may overlap. */
export interface SnapshotStore {
  /**
   * Resolves when all chunks and then the manifest are stored; older ones than the newest three are deleted then, as far
   * as that works. Throws `LogUnavailable`, `TopicMissing`, `RecordTooLarge`, and what `chunks` throws: then it is not there.
   */
  save(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>): Promise<SnapshotManifest>;
  /** The newest first; undefined for what is no manifest. Throws `LogUnavailable`, `TopicMissing`. */
  newest(partition: number): Promise<readonly (SnapshotManifest | undefined)[]>;
  /** The chunks' bytes as they are now: comparing them with `sha256` is the reader's. Throws `SnapshotUnfit`, `LogUnavailable`. */
  load(manifest: SnapshotManifest): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** This snapshot is not to be used; an older one, or the log, is. */
export class SnapshotUnfit extends Error {
  override readonly name = 'SnapshotUnfit';
}

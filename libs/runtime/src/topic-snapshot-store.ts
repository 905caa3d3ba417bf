import { createHash } from 'node:crypto';
import type { Topics } from '@millrace/protocol';
import {
  LogUnavailable,
  OffsetOutOfRange,
  SnapshotUnfit,
  type Journal,
  type LogRecord,
  type RecordReader,
  type RecordTrimmer,
  type RecordWriter,
  type SnapshotHeader,
  type SnapshotManifest,
  type SnapshotStore,
} from './ports.js';
import { readManifest } from './read-manifest.js';

export interface TopicSnapshotStoreOptions {
  /** Its own; `close` closes it. */
  readonly reader: RecordReader;
  readonly writer: RecordWriter;
  readonly trimmer: RecordTrimmer;
  readonly topics: Topics;
  readonly journal: Journal;
}

/** Snapshots of each content that are kept. */
const keptMax = 3;
/** Manifests looked through from the end: what is older is never found again. */
const manifestsRead = 200;
const fetchWaitMs = 5_000;

/**
 * Snapshots as records: chunks in `millrace.snapshots`, one manifest each in `millrace.manifests`, both in the partition of
 * the log. A snapshot is there once its manifest is. Chunks of several writers may lie between each other: a manifest names
 * its own by their offsets.
 */
export class TopicSnapshotStore implements SnapshotStore {
  readonly #options: TopicSnapshotStoreOptions;
  /** Calls of the reader must not overlap. */
  #lastRead: Promise<unknown> = Promise.resolve();

  constructor(options: TopicSnapshotStoreOptions) {
    this.#options = options;
  }

  async save(header: SnapshotHeader, content: AsyncIterable<Uint8Array>): Promise<SnapshotManifest> {
    const { writer, topics } = this.#options;
    const { partition } = header;
    const sha256 = createHash('sha256');
    const chunks: number[] = [];
    let bytes = 0;
    for await (const value of content) {
      sha256.update(value);
      bytes += value.length;
      chunks.push((await writer.append(topics.snapshots, partition, [{ value }])).offset);
    }
    const manifest: SnapshotManifest = { v: 1, ...header, chunks, bytes, sha256: sha256.digest('hex') };
    await writer.append(topics.manifests, partition, [{ value: Buffer.from(JSON.stringify(manifest)) }]);
    await this.#trim(partition);
    return manifest;
  }

  async newest(partition: number): Promise<(SnapshotManifest | undefined)[]> {
    return (await this.#manifests(partition)).map(({ manifest }) => manifest).reverse();
  }

  async *load({ partition, chunks }: SnapshotManifest): AsyncGenerator<Uint8Array> {
    const { topics } = this.#options;
    let read: readonly LogRecord[] = [];
    for (const offset of chunks) {
      let record = read.find((each) => each.offset === offset);
      if (record === undefined) {
        read = await this.#read(topics.snapshots, partition, offset);
        record = read.find((each) => each.offset === offset);
      }
      if (record?.value === undefined) {
        throw new SnapshotUnfit(`Expected a chunk at ${topics.snapshots}/${partition}/${offset}, but there is none.`);
      }
      yield record.value;
    }
  }

  async close(): Promise<void> {
    await this.#options.reader.close();
  }

  async #manifests(partition: number): Promise<{ offset: number; manifest: SnapshotManifest | undefined }[]> {
    const topic = this.#options.topics.manifests;
    const { start, end } = await this.#alone((reader) => reader.bounds(topic, partition));
    const found: { offset: number; manifest: SnapshotManifest | undefined }[] = [];
    for (let offset = Math.max(start, end - manifestsRead); offset < end;) {
      const records = await this.#read(topic, partition, offset);
      for (const { offset: at, value } of records) found.push({ offset: at, manifest: readManifest(value) });
      offset = (records.at(-1)?.offset ?? end) + 1;
    }
    return found;
  }

  /** What cannot be read any more because it was deleted meanwhile is nothing. */
  async #read(topic: string, partition: number, offset: number): Promise<readonly LogRecord[]> {
    try {
      const fetched = await this.#alone((reader) => reader.fetch([{ topic, partition, offset }], fetchWaitMs));
      return fetched[0]?.records ?? [];
    } catch (error) {
      if (error instanceof OffsetOutOfRange) return [];
      throw error;
    }
  }

  #alone<T>(read: (reader: RecordReader) => Promise<T>): Promise<T> {
    const reading = this.#lastRead.then(() => read(this.#options.reader));
    this.#lastRead = reading.catch(() => undefined);
    return reading;
  }

  /** What is not deleted now is deleted after the next snapshot. */
  async #trim(partition: number): Promise<void> {
    const { trimmer, topics, journal } = this.#options;
    try {
      const found = (await this.#manifests(partition)).reverse();
      const kept = (['state', 'projection'] as const).flatMap((content) =>
        found.filter(({ manifest }) => manifest?.content === content).slice(0, keptMax),
      );
      if (kept.length === found.length) return;
      const firstChunk = Math.min(...kept.map(({ manifest }) => manifest!.chunks[0]!));
      await trimmer.deleteBelow(topics.manifests, partition, Math.min(...kept.map(({ offset }) => offset)));
      await trimmer.deleteBelow(topics.snapshots, partition, firstChunk);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      journal.warn({ partition, error }, 'Old snapshots were not deleted; trying again after the next one.');
    }
  }
}

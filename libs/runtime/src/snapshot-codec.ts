import { createHash } from 'node:crypto';
import { captureState, RestoringState, type PartitionState, type SnapshotPart } from '@millrace/domain';
import { SnapshotUnfit, type SnapshotContent, type SnapshotHeader, type SnapshotManifest } from './ports.js';
import { comparedMax, type PartitionFold, type RecordHash, type ResumePoint } from './partition-fold.js';

/** Of the content: raised whenever a part changes its form. A snapshot of another format is refused. */
export const snapshotFormat = 3;
/** A chunk is at most as long as this. Reading one takes some 5 ms, and the event loop is let go after each. */
export const chunkBytesMax = 256 * 1024;
/** Writing lets the event loop go after so many characters: some 3 ms. */
const turnChars = 64 * 1024;

/** The rows of a live run, beside the state: their form is the projection's. */
export interface RowsPart {
  readonly part: 'rows';
  readonly rows: unknown;
}
type Line = (SnapshotHeader & { readonly recent: readonly RecordHash[] }) | SnapshotPart | RowsPart;

/** A snapshot before it is written: its copy of the state does not change any more. */
export interface TakenSnapshot {
  readonly header: SnapshotHeader;
  /** To be taken once. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What was read back. */
export interface ReadSnapshot {
  readonly resume: ResumePoint;
  readonly rows: readonly unknown[];
}

/**
 * Takes a snapshot of a fold that stands behind its birth: copies at once, writes while the chunks are taken. `rows` must
 * not change either.
 */
export function takeSnapshot(
  fold: PartitionFold,
  content: SnapshotContent,
  rows: Iterable<unknown> = [],
): TakenSnapshot {
  const { birth, rules, position, hash } = fold.state;
  if (birth === undefined)
    throw new Error(`Expected partition ${fold.partition} to be born before its snapshot is taken.`);
  const { partition } = fold;
  const header = { format: snapshotFormat, content, partition, nonce: birth.nonce, rules, position, hash };
  return { header, chunks: chunksOf(linesOf({ ...header, recent: fold.recent }, captureState(fold.state), rows)) };
}

function* linesOf(head: Line, parts: Iterable<SnapshotPart>, rows: Iterable<unknown>): Generator<Line> {
  yield head;
  yield* parts;
  for (const each of rows) yield { part: 'rows', rows: each };
}

/** JSON lines, cut into chunks anywhere. */
async function* chunksOf(lines: Iterable<Line>): AsyncGenerator<Uint8Array> {
  let texts: string[] = [];
  let length = 0;
  let turnAt = turnChars;
  for (const line of lines) {
    const text = `${JSON.stringify(line)}\n`;
    texts.push(text);
    length += text.length;
    if (length < turnAt) continue;
    await turn();
    turnAt = length + turnChars;
    if (length < chunkBytesMax) continue;
    yield* cut(Buffer.from(texts.join('')));
    texts = [];
    length = 0;
    turnAt = turnChars;
  }
  if (texts.length > 0) yield* cut(Buffer.from(texts.join('')));
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += chunkBytesMax) yield bytes.subarray(from, from + chunkBytesMax);
}

/**
 * Reads a snapshot back. The bytes are compared with the manifest's hash before anything is made of them, then the content's
 * first words and the state with the manifest. Throws `SnapshotUnfit`, and what `chunks` throws.
 */
export async function readSnapshot(
  manifest: SnapshotManifest,
  chunks: AsyncIterable<Uint8Array>,
): Promise<ReadSnapshot> {
  const bytes = await wholeOf(manifest, chunks);
  const restoring = new RestoringState();
  const rows: unknown[] = [];
  let head: Line | undefined;
  const take = (line: Line): void => {
    if (head === undefined) head = line;
    else if (!('part' in line)) throw new SnapshotUnfit('Expected one header in a snapshot, but there are two.');
    else if (line.part === 'rows') rows.push(line.rows);
    else restoring.add(line);
  };
  try {
    let rest: Uint8Array = new Uint8Array(0);
    for (let chunk = bytes.shift(); chunk !== undefined; chunk = bytes.shift()) {
      rest = eachLine(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), take);
      await turn();
    }
    return { resume: checked(manifest, head, restoring.done()), rows };
  } catch (error) {
    if (error instanceof SnapshotUnfit) throw error;
    throw new SnapshotUnfit(`Expected the parts of a snapshot, but: ${(error as Error).message}`, { cause: error });
  }
}

/** All chunks, if they are the bytes that were written: what is damaged is never looked into. */
async function wholeOf(manifest: SnapshotManifest, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const hash = createHash('sha256');
  const whole: Uint8Array[] = [];
  for await (const chunk of chunks) {
    hash.update(chunk);
    whole.push(chunk);
  }
  const found = hash.digest('hex');
  if (found === manifest.sha256) return whole;
  throw new SnapshotUnfit(`Expected bytes with SHA-256 ${manifest.sha256}, but found ${found}.`);
}

function eachLine(bytes: Uint8Array, take: (line: Line) => void): Uint8Array {
  let from = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    take(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString()) as Line);
    from = end + 1;
  }
  return bytes.subarray(from);
}

function checked(manifest: SnapshotManifest, head: Line | undefined, state: PartitionState): ResumePoint {
  if (head === undefined || 'part' in head) throw new SnapshotUnfit('Expected a snapshot to begin with its header.');
  for (const name of ['format', 'content', 'partition', 'nonce', 'rules', 'position', 'hash'] as const) {
    if (head[name] === manifest[name]) continue;
    throw new SnapshotUnfit(
      `Expected ${name} ${manifest[name]} as its manifest says, but the content says ${head[name]}.`,
    );
  }
  const { birth, rules, position, hash } = state;
  const isSame = birth?.nonce === head.nonce && birth.partition === head.partition && rules === head.rules;
  if (
    !isSame ||
    position !== head.position ||
    hash !== head.hash ||
    head.recent.length > Math.min(comparedMax, position)
  ) {
    throw new SnapshotUnfit('Expected the state of the header, but the content holds another.');
  }
  return { state, recent: head.recent };
}

/** Lets everybody else have the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

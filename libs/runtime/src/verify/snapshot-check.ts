import type { PartitionState } from '@millrace/domain';
import { SnapshotUnfit, type SnapshotManifest, type SnapshotStore } from '../ports.js';
import { readSnapshot, snapshotFormat } from '../snapshot-codec.js';
import type { Difference } from './difference.js';
import { stateDigest, stateLines } from './state-digest.js';

/** What was found out about one snapshot. */
export interface SnapshotReport {
  readonly content: string;
  readonly position: number;
  readonly digest: string | null;
  readonly isEqual: boolean;
}

/** Those that a fold of this log, by this code, can be compared with; others are refused by whoever recovers. The oldest first. */
export async function comparableSnapshots(
  store: SnapshotStore,
  partition: number,
  nonce: string,
  end: number,
): Promise<SnapshotManifest[]> {
  const manifests = (await store.newest(partition)).filter((each) => each !== undefined);
  const fits = ({ nonce: of, format, position, partition: held }: SnapshotManifest): boolean =>
    of === nonce && held === partition && format === snapshotFormat && position <= end;
  return manifests.filter(fits).sort((one, other) => one.position - other.position);
}

/** Compares a snapshot with the state of a fold that stands where it does. Undefined where it was deleted meanwhile. */
export async function checkSnapshot(
  store: SnapshotStore,
  manifest: SnapshotManifest,
  state: PartitionState,
): Promise<{ readonly report: SnapshotReport; readonly differences: readonly Difference[] } | undefined> {
  const { content, position, partition } = manifest;
  try {
    const { resume } = await readSnapshot(manifest, store.load(manifest));
    const [wanted, digest] = [stateDigest(state), stateDigest(resume.state)];
    const isEqual = wanted === digest;
    const differences = isEqual ? [] : [unequal(manifest, state, resume.state)];
    return { report: { content, position, digest, isEqual }, differences };
  } catch (error) {
    if (!(error instanceof SnapshotUnfit)) throw error;
    const isThere = (await store.newest(partition)).some(
      (each) => each?.position === position && each.sha256 === manifest.sha256,
    );
    if (!isThere) return undefined;
    return {
      report: { content, position, digest: null, isEqual: false },
      differences: [damaged(manifest, error.message)],
    };
  }
}

function unequal(manifest: SnapshotManifest, state: PartitionState, restored: PartitionState): Difference {
  const [wanted, found] = [new Set(stateLines(state)), new Set(stateLines(restored))];
  const missing = [...wanted].find((line) => !found.has(line)) ?? null;
  const extra = [...found].find((line) => !wanted.has(line)) ?? null;
  return {
    ...place(manifest, missing, extra),
    sentence: `Expected the ${nameOf(manifest)} to hold what the log folds to, but it holds ${short(extra)} instead of ${short(missing)}.`,
  };
}

function damaged(manifest: SnapshotManifest, found: string): Difference {
  return {
    ...place(manifest, manifest.sha256, null),
    sentence: `Expected the ${nameOf(manifest)} to be whole, but: ${found}`,
  };
}

function place(manifest: SnapshotManifest, wanted: string | null, found: string | null): Omit<Difference, 'sentence'> {
  const { partition, position, content } = manifest;
  const at = {
    rule: 'I19',
    partition,
    table: 'snapshots',
    key: `${content}/${position}`,
    column: null,
    offset: position - 1,
  };
  return { ...at, wanted: wanted === null ? null : short(wanted), found: found === null ? null : short(found) };
}

function nameOf({ content, position, partition }: SnapshotManifest): string {
  return `snapshot (${content}) of partition ${partition} at offset ${position}`;
}

function short(text: string | null): string {
  return text === null ? 'nothing' : text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

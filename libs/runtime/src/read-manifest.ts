import type { SnapshotManifest } from './ports.js';

type Holds = (value: unknown) => boolean;

const isCount: Holds = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText: Holds = (value) => typeof value === 'string';

const holdsOf: { readonly [Name in keyof SnapshotManifest]: Holds } = {
  v: (value) => value === 1,
  format: isCount,
  content: (value) => value === 'state' || value === 'projection',
  partition: isCount,
  nonce: isText,
  rules: isCount,
  position: isCount,
  hash: isCount,
  chunks: (value) => Array.isArray(value) && value.length > 0 && value.every(isCount),
  bytes: isCount,
  sha256: isText,
};

/** A manifest, or undefined for bytes that are none. Total. */
export function readManifest(value: Uint8Array | undefined): SnapshotManifest | undefined {
  if (value === undefined) return undefined;
  try {
    const parsed = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as unknown;
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const manifest = parsed as Readonly<Record<string, unknown>>;
    return Object.entries(holdsOf).every(([name, holds]) => holds(manifest[name]))
      ? (parsed as SnapshotManifest)
      : undefined;
  } catch {
    return undefined;
  }
}

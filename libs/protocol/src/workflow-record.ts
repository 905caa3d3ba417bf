import { canonicalJson, type Json, type WorkflowDefinition, type WorkflowVersion } from '@millrace/domain';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { limits } from './limits.js';

/** Value of a record on `millrace.workflows`: one part of a version's canonical JSON. */
export interface WorkflowRecord {
  readonly v: 1;
  readonly name: string;
  readonly version: WorkflowVersion;
  /** From 0 to `of` - 1. */
  readonly part: number;
  readonly of: number;
  readonly body: string;
}

/** A version and its canonical JSON, whole and in the parts that records and `WorkflowPinned` carry. */
export interface EncodedWorkflow {
  readonly name: string;
  readonly version: WorkflowVersion;
  readonly bytes: number;
  readonly parts: readonly string[];
}

export function encodeWorkflow(definition: WorkflowDefinition): EncodedWorkflow {
  const text = canonicalJson(definition as unknown as Json);
  const bytes = utf8ToBytes(text);
  return {
    name: definition.name,
    version: bytesToHex(sha256(bytes)),
    bytes: bytes.length,
    parts: splitText(text, limits.workflowPartCharsMax),
  };
}

/** The records of a version, in order. */
export function workflowRecords({ name, version, parts }: EncodedWorkflow): WorkflowRecord[] {
  return parts.map((body, part) => ({ v: 1, name, version, part, of: parts.length, body }));
}

/** Pieces of at most `charsMax` UTF-16 units that never cut a surrogate pair: halves of one cannot be in the log. */
export function splitText(text: string, charsMax: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length || pieces.length === 0;) {
    let to = Math.min(from + charsMax, text.length);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

/** Undefined for bytes that are no workflow record. */
export function parseWorkflowRecord(value: Uint8Array | undefined): WorkflowRecord | undefined {
  if (value === undefined) return undefined;
  let parsed: Partial<Record<keyof WorkflowRecord, unknown>> | null;
  try {
    parsed = JSON.parse(new TextDecoder().decode(value));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || parsed.v !== 1) return undefined;
  const { name, version, part, of, body } = parsed;
  if (typeof name !== 'string' || typeof version !== 'string' || !/^[0-9a-f]{64}$/.test(version)) return undefined;
  if (typeof body !== 'string' || body.length > limits.workflowPartCharsMax) return undefined;
  if (!isCount(part) || !isCount(of) || part >= of || of > partsMax) return undefined;
  return { v: 1, name, version, part, of, body };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Parts of one version at most: about 480 MiB. */
const partsMax = 4_096;

/** Versions whose parts are incomplete are forgotten, oldest first, beyond this many. */
const incompleteMax = 32;

/**
 * Puts versions together from records in log order. A version is complete when all its parts are there and its hash fits;
 * if the hash does not fit, or the count of parts changes under way, what was gathered is forgotten.
 */
export class WorkflowAssembly {
  readonly #incomplete = new Map<WorkflowVersion, (string | undefined)[]>();

  /** The version that this record completes. */
  add({ name, version, part, of, body }: WorkflowRecord): EncodedWorkflow | undefined {
    let parts = this.#incomplete.get(version);
    if (parts === undefined || parts.length !== of) parts = new Array<string | undefined>(of).fill(undefined);
    parts[part] = body;
    this.#incomplete.delete(version);
    if (parts.includes(undefined)) {
      this.#incomplete.set(version, parts);
      this.#forgetOldest();
      return undefined;
    }
    const bytes = utf8ToBytes(parts.join(''));
    if (bytesToHex(sha256(bytes)) !== version) return undefined;
    return { name, version, bytes: bytes.length, parts: parts as string[] };
  }

  #forgetOldest(): void {
    for (const version of this.#incomplete.keys()) {
      if (this.#incomplete.size <= incompleteMax) return;
      this.#incomplete.delete(version);
    }
  }
}

import {
  canonicalJson,
  type Json,
  type TaskNode,
  type WorkflowDefinition,
  type WorkflowVersion,
} from '@millrace/domain';
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

export function encodeWorkflow({ name, tasks }: WorkflowDefinition): EncodedWorkflow {
  const encoding = new WorkflowEncoding(name);
  for (const task of tasks) encoding.add(task);
  return encoding.end();
}

/**
 * Makes the canonical JSON of a workflow from its nodes, one after the other, and holds nothing but that text, in the parts in
 * which it travels.
 */
export class WorkflowEncoding {
  readonly #name: string;
  readonly #hash = sha256.create();
  readonly #parts: string[] = [];
  /** The end of the text that is in no part yet. */
  #open: string;
  #bytes = 0;
  #isFirst = true;

  constructor(name: string) {
    this.#name = name;
    this.#open = `{"name":${JSON.stringify(name)},"tasks":[`;
  }

  /** So far, but for the part that is not full. */
  get bytes(): number {
    return this.#bytes;
  }

  add(node: TaskNode): void {
    this.#open += (this.#isFirst ? '' : ',') + canonicalJson(node as unknown as Json);
    this.#isFirst = false;
    if (this.#open.length <= limits.workflowPartCharsMax) return;
    const pieces = splitText(this.#open, limits.workflowPartCharsMax);
    this.#open = pieces.pop()!;
    for (const piece of pieces) this.#put(piece);
  }

  /** Called once, after the last node. */
  end(): EncodedWorkflow {
    for (const piece of splitText(`${this.#open}]}`, limits.workflowPartCharsMax)) this.#put(piece);
    const version = bytesToHex(this.#hash.digest());
    return { name: this.#name, version, bytes: this.#bytes, parts: this.#parts };
  }

  #put(part: string): void {
    const bytes = utf8ToBytes(part);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#parts.push(part);
  }
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
  if (!isCount(part) || !isCount(of) || part >= of || of > limits.workflowPartsMax) return undefined;
  return { v: 1, name, version, part, of, body };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

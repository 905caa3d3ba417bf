import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Dag } from '../dag/dag.js';
import { readPlan } from '../dag/read-definition.js';
import type { WorkflowPinned } from '../event/event.js';
import type { PartitionState, Pinning } from '../partition/partition-state.js';
import type { EventFold } from './folding.js';

/** Parts of one version at most; each is at most 128 Ki characters. */
const partsMax = 2_048;
/** Versions whose parts are not complete; the oldest is forgotten for one more. */
const incompleteMax = 32;
/** Of a body that are hashed at once. */
const hashedChars = 64 * 1024;

/**
 * A version is in force when all parts are there and their hash is its name; else the parts are forgotten. A part that
 * counts the parts otherwise begins anew: one stray part must not keep a version out for ever.
 */
export const workflowPinned: EventFold<WorkflowPinned> = {
  judge(state, { version, part, of, body }) {
    if (state.workflows.has(version)) return 'already-pinned';
    if (of > partsMax || part >= of) return 'part-out-of-range';
    const pinning = state.pinning.get(version);
    if (pinning?.parts.length === of && pinning.parts[part] !== undefined) return 'already-pinned';
    return of === 1 && readDag(version, body) === undefined ? 'workflow-unsound' : undefined;
  },
  apply({ state, sink }, { version, part, of, body }) {
    const pinning = pinningOf(state, version, of);
    pinning.parts[part] = body;
    pinning.missing -= 1;
    if (pinning.missing > 0) return;
    state.pinning.delete(version);
    const whole = pinning.parts.join('');
    const dag = readDag(version, whole);
    if (dag === undefined) return;
    state.workflows.set(version, dag);
    sink.workflowPinned(version, dag, whole);
  },
};

function pinningOf(state: PartitionState, version: string, of: number): Pinning {
  const known = state.pinning.get(version);
  if (known?.parts.length === of) return known;
  const pinning: Pinning = { parts: new Array<string | undefined>(of).fill(undefined), missing: of };
  state.pinning.delete(version);
  state.pinning.set(version, pinning);
  const [oldest] = state.pinning.keys();
  if (state.pinning.size > incompleteMax) state.pinning.delete(oldest!);
  return pinning;
}

function readDag(version: string, body: string): Dag | undefined {
  return hashOf(body) === version ? readPlan(body) : undefined;
}

/** SHA-256 over UTF-8, piece by piece: the bytes of a long body are never there at once. */
function hashOf(body: string): string {
  const hash = sha256.create();
  for (let from = 0; from < body.length;) {
    let to = from + hashedChars;
    // No piece ends within a code point.
    if (isHighSurrogate(body.charCodeAt(to - 1))) to += 1;
    hash.update(utf8ToBytes(body.slice(from, to)));
    from = to;
  }
  return bytesToHex(hash.digest());
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Versions in force, for whoever wants to know what need not be pinned again. */
export function pinnedVersions(state: PartitionState): string[] {
  return [...state.workflows.keys()];
}

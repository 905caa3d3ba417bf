import type { WorkflowPinned } from '../event/event.js';
import type { PartitionState } from '../partition/partition-state.js';
import { Pinning } from '../partition/pinning.js';
import type { EventFold } from './folding.js';

/** Parts of one version at most; each is at most 128 Ki characters. */
const partsMax = 2_048;
/** Versions whose parts are not complete; the oldest is forgotten for one more. */
const incompleteMax = 32;

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
    return of === 1 && !isSound(version, body) ? 'workflow-unsound' : undefined;
  },
  apply({ state, sink }, { version, part, of, body }) {
    const pinning = pinningOf(state, version, of);
    pinning.add(part, body);
    if (pinning.missing > 0) return;
    state.pinning.delete(version);
    const dag = pinning.plan(version);
    if (dag === undefined) return;
    state.workflows.set(version, dag);
    sink.workflowPinned(version, dag, pinning.parts as readonly string[]);
  },
};

function pinningOf(state: PartitionState, version: string, of: number): Pinning {
  const known = state.pinning.get(version);
  if (known?.parts.length === of) return known;
  const pinning = new Pinning(of);
  state.pinning.delete(version);
  state.pinning.set(version, pinning);
  const [oldest] = state.pinning.keys();
  if (state.pinning.size > incompleteMax) state.pinning.delete(oldest!);
  return pinning;
}

/** Of a version in one part. */
function isSound(version: string, body: string): boolean {
  const pinning = new Pinning(1);
  pinning.add(0, body);
  return pinning.plan(version) !== undefined;
}

/** Versions in force, for whoever wants to know what need not be pinned again. */
export function pinnedVersions(state: PartitionState): string[] {
  return [...state.workflows.keys()];
}

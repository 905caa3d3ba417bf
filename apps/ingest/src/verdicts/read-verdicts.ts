import { isRunId } from '@millrace/domain';
import type { RequestVerdict, RequestVerdicts } from '@millrace/protocol';

const outcomes: ReadonlySet<unknown> = new Set(['new', 'known', 'conflict', 'rejected']);

/** The verdicts in a control record for `to`. None where it is for somebody else or cannot be read. */
export function readVerdicts(value: Uint8Array | undefined, to: string): readonly RequestVerdict[] {
  if (value === undefined) return [];
  let parsed: Partial<RequestVerdicts> | null;
  try {
    parsed = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as typeof parsed;
  } catch {
    return [];
  }
  if (parsed?.v !== 1 || parsed.kind !== 'requests' || parsed.to !== to || !Array.isArray(parsed.verdicts)) return [];
  return (parsed.verdicts as unknown[]).filter(isVerdict);
}

function isVerdict(value: unknown): value is RequestVerdict {
  if (typeof value !== 'object' || value === null) return false;
  const { run, outcome, first } = value as Partial<RequestVerdict>;
  const needsFirst = outcome === 'known' || outcome === 'conflict';
  return isRunId(run) && outcomes.has(outcome) && (needsFirst ? isRunId(first) : true);
}

import { isRunId } from '@millrace/domain';
import type { CommandVerdict, RequestVerdict } from '@millrace/protocol';

/** What one control record tells this process. Both are empty where it is for somebody else or cannot be read. */
export interface ToldVerdicts {
  readonly requests: readonly RequestVerdict[];
  readonly commands: readonly CommandVerdict[];
}

/** The verdicts in a control record for `to`. What is no verdict is left out. */
export function readVerdicts(value: Uint8Array | undefined, to: string): ToldVerdicts {
  const { kind, verdicts } = parsed(value, to);
  return {
    requests: kind === 'requests' ? verdicts.filter(isRequestVerdict) : [],
    commands: kind === 'commands' ? verdicts.filter(isCommandVerdict) : [],
  };
}

interface Told {
  readonly kind?: unknown;
  readonly verdicts: readonly unknown[];
}
const nothing: Told = { verdicts: [] };

function parsed(value: Uint8Array | undefined, to: string): Told {
  if (value === undefined) return nothing;
  try {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
    const told = JSON.parse(text) as (Partial<Told> & { readonly v?: unknown; readonly to?: unknown }) | null;
    return told?.v === 1 && told.to === to && Array.isArray(told.verdicts) ? (told as Told) : nothing;
  } catch {
    return nothing;
  }
}

const requestOutcomes: ReadonlySet<unknown> = new Set(['new', 'known', 'conflict', 'rejected']);

function isRequestVerdict(value: unknown): value is RequestVerdict {
  if (typeof value !== 'object' || value === null) return false;
  const { run, outcome, first } = value as Partial<RequestVerdict>;
  const needsFirst = outcome === 'known' || outcome === 'conflict';
  return isRunId(run) && requestOutcomes.has(outcome) && (needsFirst ? isRunId(first) : true);
}

function isCommandVerdict(value: unknown): value is CommandVerdict {
  if (typeof value !== 'object' || value === null) return false;
  const { command, outcome, reason } = value as Partial<CommandVerdict>;
  if (typeof command !== 'string') return false;
  return outcome === 'accepted' || (outcome === 'rejected' && typeof reason === 'string');
}

import type { Control } from '@millrace/protocol';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The order that the bytes hold, or undefined: control is level-triggered, what is lost is told again. Never throws. */
export function parseControl(value: Uint8Array | undefined): Control | undefined {
  if (value === undefined) return undefined;
  try {
    const parsed = JSON.parse(decoder.decode(value)) as Control | null;
    return parsed !== null && typeof parsed === 'object' && parsed.v === 1 && typeof parsed.to === 'string'
      ? parsed
      : undefined;
  } catch {
    return undefined;
  }
}

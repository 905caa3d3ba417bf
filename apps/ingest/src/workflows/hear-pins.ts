import type { Heartbeat } from '@millrace/protocol';
import type { LogRecord } from '@millrace/runtime';
import type { PinBook } from './pin-book.js';

/** Takes from an owner's heartbeat which versions are in force in its partitions, so that a restart pins nothing twice. */
export function hearPins(record: LogRecord, pins: PinBook): void {
  const heartbeat = parse(record.value);
  if (heartbeat?.kind !== 'dispatcher' || !Array.isArray(heartbeat.partitions)) return;
  for (const { partition, pinned } of heartbeat.partitions) {
    for (const version of pinned ?? []) pins.add(version, partition);
  }
}

function parse(value: Uint8Array | undefined): Heartbeat | undefined {
  if (value === undefined) return undefined;
  try {
    return (JSON.parse(new TextDecoder().decode(value)) as Heartbeat | null) ?? undefined;
  } catch {
    return undefined;
  }
}

import { readHeartbeat, type LogRecord } from '@millrace/runtime';
import type { PinBook } from './pin-book.js';

/**
 * Takes from an owner's heartbeat which versions are in force in its partitions, so that a restart pins nothing twice.
 * Anything else that is in the topic changes nothing.
 */
export function hearPins(record: LogRecord, pins: PinBook): void {
  const heartbeat = readHeartbeat(record.value);
  if (heartbeat?.kind !== 'dispatcher') return;
  for (const { partition, pinned } of heartbeat.partitions) {
    if (!Array.isArray(pinned)) continue;
    for (const version of pinned) pins.add(version, partition);
  }
}

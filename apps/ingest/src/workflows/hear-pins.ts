import type { Heartbeat } from '@millrace/protocol';
import type { PinBook } from './pin-book.js';

/**
 * Takes from an owner's heartbeat which versions are in force in its partitions, so that a restart pins nothing twice.
 * Anything else changes nothing.
 */
export function hearPins(heartbeat: Heartbeat, pins: PinBook): void {
  if (heartbeat.kind !== 'dispatcher') return;
  for (const { partition, pinned } of heartbeat.partitions) {
    if (!Array.isArray(pinned)) continue;
    for (const version of pinned) pins.add(version, partition);
  }
}

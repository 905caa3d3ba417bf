import type { PartitionPosition } from '@millrace/postgres';
import type { PartitionView } from '@millrace/protocol';
import type { Bounds } from './log-bounds.js';
import type { HeardService, ServiceDirectory } from './service-directory.js';

export interface KnownOfPartitions {
  readonly bounds: ReadonlyMap<number, Bounds>;
  readonly services: ServiceDirectory;
  /** What Postgres says, nothing while it does not. */
  readonly positions: readonly PartitionPosition[];
  readonly now: number;
}

/** Every partition that Kafka, a heartbeat or Postgres names, with all that they say of it, by number. */
export function listPartitions({ bounds, services, positions, now }: KnownOfPartitions): PartitionView[] {
  const owners = services.owners(now);
  const projectors = services.projectors(now);
  const halted = haltedBy(services.living(now));
  const stored = new Map(positions.map((position) => [position.partition, position]));
  const all = new Set([bounds, owners, projectors, halted, stored].flatMap((each) => [...each.keys()]));
  return [...all]
    .sort((one, other) => one - other)
    .map((partition) => {
      const ends = bounds.get(partition);
      const owner = owners.get(partition);
      const projector = projectors.get(partition);
      const rows = stored.get(partition);
      const lagOf = (offset: number | undefined): string | null =>
        ends === undefined || offset === undefined ? null : String(Math.max(0, ends.end - offset));
      return {
        partition,
        log: ends === undefined ? null : { start: String(ends.start), end: String(ends.end) },
        owner: owner === undefined ? null : ownerView(owner),
        projection: rows === undefined ? null : rowsView(rows),
        projector:
          projector === undefined
            ? null
            : { id: projector.by.said.id, offset: String(projector.offset), heardAt: timeOf(projector.by) },
        lag: {
          owner: lagOf(owner?.owned.position),
          projection: lagOf(rows === undefined ? projector?.offset : Number(rows.offset)),
        },
        halted: halted.get(partition) ?? [],
      };
    });
}

function ownerView({ owned, by }: NonNullable<ReturnType<ReturnType<ServiceDirectory['owners']>['get']>>) {
  const { epoch, position, entries, rejected, quarantined, waiting, keys, rules } = owned;
  const told = (count: number | undefined): string | null => (count === undefined ? null : String(count));
  return {
    ...{ dispatcher: by.said.id, epoch, offset: String(position) },
    ...{ entries: String(entries), rejected: told(rejected), quarantined: told(quarantined) },
    ...{ waiting, keys: keys ?? null, rules: rules ?? null, heardAt: timeOf(by) },
  };
}

function rowsView({ offset, at, accepted, rejected, quarantined }: PartitionPosition) {
  const entries = String(BigInt(accepted) + BigInt(rejected) + BigInt(quarantined));
  return { offset, at, entries, accepted, rejected, quarantined };
}

function haltedBy(services: readonly HeardService[]): Map<number, { service: string; fault: string }[]> {
  const halted = new Map<number, { service: string; fault: string }[]>();
  for (const { said } of services) {
    for (const { partition, fault } of said.halted ?? []) {
      halted.set(partition, [...(halted.get(partition) ?? []), { service: said.id, fault }]);
    }
  }
  return halted;
}

function timeOf({ at }: HeardService): string {
  return new Date(at).toISOString();
}

import type { DispatcherHeartbeat, Heartbeat, OwnedPartition, ServiceHeartbeat } from '@millrace/protocol';
import { silentMs, staleMs } from '../workers/worker-directory.js';
import type { HeartbeatHearer } from '../workers/tail-heartbeats.js';

export interface HeardService<Said = DispatcherHeartbeat | ServiceHeartbeat> {
  readonly said: Said;
  /** Append time. */
  readonly at: number;
  readonly heardAt: number;
}

/** More services than anybody runs: of more the longest silent are forgotten. */
const servicesMax = 1_000;

/** What dispatchers, projectors and ingests said last. Only those heard within 15 s count. */
export class ServiceDirectory implements HeartbeatHearer {
  readonly #services = new Map<string, HeardService>();
  #readAt: number | undefined;

  hear(heartbeat: Heartbeat, at: number, heardAt: number): void {
    if (heartbeat.kind === 'worker') return;
    this.#services.delete(heartbeat.id);
    this.#services.set(heartbeat.id, { said: heartbeat, at, heardAt });
    if (this.#services.size > servicesMax) this.#services.delete(this.#services.keys().next().value!);
  }

  reachedEnd(now: number): void {
    this.#readAt = now;
  }

  /** How old the heartbeats are that were read. */
  freshness(now: number): { readonly stale: boolean; readonly readAt: string | null } {
    const stale = this.#readAt === undefined || now - this.#readAt > staleMs;
    return { stale, readAt: this.#readAt === undefined ? null : new Date(this.#readAt).toISOString() };
  }

  /** By id. */
  living(now: number): HeardService[] {
    const living = [...this.#services.values()].filter(({ heardAt }) => now - heardAt <= silentMs);
    return living.sort((one, other) => (one.said.id < other.said.id ? -1 : 1));
  }

  /** The owner of each partition: of two that say so, the one of the higher epoch. */
  owners(now: number): Map<number, { readonly owned: OwnedPartition; readonly by: HeardService }> {
    const owners = new Map<number, { owned: OwnedPartition; by: HeardService }>();
    for (const by of this.living(now)) {
      if (by.said.kind !== 'dispatcher') continue;
      for (const owned of by.said.partitions) {
        const known = owners.get(owned.partition);
        if (known === undefined || known.owned.epoch < owned.epoch) owners.set(owned.partition, { owned, by });
      }
    }
    return owners;
  }

  /** The projector of each partition: of two that say so, the one that was heard last. */
  projectors(now: number): Map<number, { readonly offset: number; readonly by: HeardService }> {
    const projectors = new Map<number, { offset: number; by: HeardService }>();
    for (const by of this.living(now).sort((one, other) => one.heardAt - other.heardAt)) {
      if (by.said.kind === 'dispatcher') continue;
      for (const [partition, offset] of Object.entries(by.said.positions ?? {})) {
        projectors.set(Number(partition), { offset, by });
      }
    }
    return projectors;
  }
}

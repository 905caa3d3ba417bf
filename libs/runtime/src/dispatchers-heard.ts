import type { Instant } from '@millrace/domain';
import type { DispatcherHeartbeat } from '@millrace/protocol';

/** An assigned partition whose epoch no heartbeat names for this long is claimed again. */
export const ownerSilentMs = 10_000;
/** A dispatcher that was not heard for this long takes nothing over: three heartbeats. */
const aliveMs = 6_000;

/** What dispatchers say of themselves, by the time that passes between heartbeats (`WorkerLiveness.time`): who owns what, and whether anybody else lives. */
export class DispatchersHeard {
  readonly #owners = new Map<number, { readonly id: string; readonly epoch: number; readonly at: Instant }>();
  readonly #others = new Map<string, Instant>();

  /** @param by this process's incarnation. @param time of the newest heartbeat of anybody. */
  constructor(
    private readonly by: string,
    private readonly time: () => Instant,
  ) {}

  heard({ id, partitions, leaving }: DispatcherHeartbeat, at: Instant): void {
    for (const [other, heardAt] of this.#others) if (heardAt < at - aliveMs) this.#others.delete(other);
    if (id !== this.by) this.#others.set(id, at);
    for (const { partition, epoch } of partitions) this.#owners.set(partition, { id, epoch, at });
    if (leaving !== true) return;
    this.#others.delete(id);
    for (const [partition, owner] of this.#owners) if (owner.id === id) this.#owners.delete(partition);
  }

  /** Did a heartbeat of the last 10 s of one that stays name this partition with this epoch? */
  names(partition: number, epoch: number): boolean {
    const owner = this.#owners.get(partition);
    return owner?.epoch === epoch && owner.at > this.time() - ownerSilentMs;
  }

  /** Was any other dispatcher that stays heard within the last 6 s? */
  get othersLive(): boolean {
    return [...this.#others.values()].some((at) => at >= this.time() - aliveMs);
  }
}

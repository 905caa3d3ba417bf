import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipHint } from '../ports.js';
import { until } from './until.js';

/** One group over a log of `partitions` partitions (at least 4) that nobody takes part in yet. */
export interface GroupUnderTest {
  readonly partitions: number;
  member(): OwnershipHint;
  close?(): Promise<void>;
}

/** What every `OwnershipHint` promises. `make` gives a group of its own for each test. */
export function ownershipHintContract(name: string, make: () => Promise<GroupUnderTest>): void {
  describe(`${name} as an ownership hint`, () => {
    let group: GroupUnderTest;
    let members: OwnershipHint[];
    beforeEach(async () => {
      group = await make();
      members = [];
    });
    afterEach(async () => {
      await Promise.all(members.map((member) => member.stop()));
      await group.close?.();
    });
    const enter = async (): Promise<{ hint: OwnershipHint; share(): readonly number[] }> => {
      const hint = group.member();
      members.push(hint);
      let share: readonly number[] = [];
      await hint.start({ assigned: (partitions) => void (share = [...partitions]) });
      return { hint, share: () => share };
    };
    const all = (): number[] => Array.from({ length: group.partitions }, (_, partition) => partition);
    const sorted = (partitions: readonly number[]): number[] => [...partitions].sort((left, right) => left - right);

    it('gives everything to a member that is alone', async () => {
      const { share } = await enter();
      await until('all partitions', () => share().length === group.partitions);
      expect(sorted(share())).toEqual(all());
    });

    it('shares evenly between two members, each partition once', async () => {
      const first = await enter();
      const second = await enter();
      await until('two even shares', () => {
        const shared = sorted([...first.share(), ...second.share()]);
        return shared.length === group.partitions && first.share().length === second.share().length;
      });
      expect(sorted([...first.share(), ...second.share()])).toEqual(all());
    });

    it('gives the share of a member that leaves to those who stay', async () => {
      const first = await enter();
      const second = await enter();
      await until('a share for both', () => first.share().length > 0 && second.share().length > 0);
      await first.hint.stop();
      await until('all partitions', () => second.share().length === group.partitions);
      expect(sorted(second.share())).toEqual(all());
    });

    it('tolerates being stopped twice and before it was started', async () => {
      const { hint } = await enter();
      await hint.stop();
      await hint.stop();
      const never = group.member();
      await never.stop();
    });
  });
}

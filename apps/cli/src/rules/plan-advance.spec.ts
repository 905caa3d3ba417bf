import type { RulesView } from '@millrace/protocol';
import { describe, expect, it } from 'vitest';
import { planAdvance } from './plan-advance.js';

const view = (over: Partial<RulesView> = {}): RulesView => ({
  partitions: [0, 1, 2].map((partition) => ({ partition, rules: 1 })),
  services: [],
  ...{ advanceTo: 2, detail: 'Every service heard lately knows rules 2.', stale: false, readAt: null },
  ...over,
});

describe('the plan of an advance', () => {
  it('raises every partition that stands below the next rules', () => {
    expect(planAdvance(view(), 3)).toEqual({ rules: 2, partitions: [0, 1, 2] });
    const halfway = [0, 1, 2].map((partition) => ({ partition, rules: partition === 1 ? 2 : 1 }));
    expect(planAdvance(view({ partitions: halfway }), 3)).toEqual({ rules: 2, partitions: [0, 2] });
  });

  it('says what keeps the rules from being raised', () => {
    const waiting = { advanceTo: null, detail: 'Rules 2 wait for 1 services: p knows up to 1.' };
    expect(() => planAdvance(view(waiting), 3)).toThrow('Nothing can be raised. Rules 2 wait for 1 services');
    expect(() => planAdvance(view({ stale: true }), 3)).toThrow('Kafka does not answer');
  });

  it('does nothing where nobody says what is in force', () => {
    expect(() => planAdvance(view(), 5)).toThrow('each of 5 partitions, but nobody does of 3, 4.');
  });
});

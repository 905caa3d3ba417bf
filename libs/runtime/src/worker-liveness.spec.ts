import type { WorkerHeartbeat } from '@millrace/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { WorkerLiveness } from './worker-liveness.js';

const sessionMs = 10_000;
const all = ['a', 'b', 'c'];
let liveness: WorkerLiveness;
let now: number;

beforeEach(() => {
  liveness = new WorkerLiveness(sessionMs);
  now = 1_000_000;
});

function heartbeat(id: string, more: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat {
  const lists = { handlers: [], queues: {}, credits: [], deliveries: [] };
  return { v: 1, kind: 'worker', id, at: 0, slots: 1, busy: 0, ...lists, ...more };
}
function beat(...ids: readonly string[]): void {
  liveness.passed(now);
  for (const id of ids) liveness.heard(heartbeat(id));
  liveness.reached(true);
}
/** Heartbeats of `ids`, and of an owner, every 2 s. */
function pass(forMs: number, ...ids: readonly string[]): void {
  for (let passedMs = 0; passedMs < forMs; passedMs += 2_000) {
    now += 2_000;
    beat(...ids);
  }
}

describe('WorkerLiveness', () => {
  it('calls a worker lost that is silent for longer than a session', () => {
    beat(...all);
    pass(10_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual([]);
    pass(2_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual(['c']);
    expect([...liveness.living()].map(({ heartbeat: { id } }) => id)).toEqual(['a', 'b']);
  });

  it('calls nobody silent because the clock of the broker is set back, and notices silence after that', () => {
    beat(...all);
    pass(4_000, ...all);
    now -= 3_600_000;
    beat(...all);
    expect(liveness.lost(all)).toEqual([]);
    pass(4_000, ...all);
    expect(liveness.lost(all)).toEqual([]);
    expect([...liveness.living()]).toHaveLength(3);
    pass(12_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual(['c']);
  });

  it('waits a second session where more than half are silent at once', () => {
    beat(...all);
    pass(20_000, 'a');
    expect(liveness.lost(all)).toEqual([]);
    pass(2_000, 'a');
    expect(liveness.lost(all)).toEqual(['b', 'c']);
  });

  it('calls a worker lost at once that says that it leaves', () => {
    beat(...all);
    liveness.heard(heartbeat('b', { leaving: true }));
    expect(liveness.lost(all)).toEqual(['b']);
    expect([...liveness.living()].map(({ heartbeat: { id } }) => id)).toEqual(['a', 'c']);
  });

  it('calls nobody lost while it has not read to the end', () => {
    beat(...all);
    pass(60_000, 'a', 'b');
    liveness.reached(false);
    expect(liveness.lost(all)).toEqual([]);
  });

  it('takes nobody for silent because the reader itself stalled', () => {
    beat(...all);
    pass(30_000, ...all);
    expect(liveness.lost(all)).toEqual([]);
  });

  it('counts no silence while nobody at all could be heard, its own heartbeats included', () => {
    beat(...all);
    now += 120_000;
    beat();
    expect(liveness.lost(all)).toEqual([]);
    pass(4_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual([]);
    pass(8_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual(['c']);
  });

  it('gives a worker that was never heard a session from when it began to listen', () => {
    beat('a', 'b');
    pass(10_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual([]);
    pass(2_000, 'a', 'b');
    expect(liveness.lost(all)).toEqual(['c']);
  });

  it('does not let a worker with a clock of its own count: append times alone do', () => {
    beat(...all);
    for (let beats = 0; beats < 10; beats++) {
      now += 2_000;
      liveness.passed(now);
      for (const id of all) liveness.heard(heartbeat(id, { at: now - 3_600_000 }));
      liveness.reached(true);
    }
    expect(liveness.lost(all)).toEqual([]);
  });
});

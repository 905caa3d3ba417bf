import { describe, expect, it } from 'vitest';
import { uptimeOf } from './uptime.js';

describe('uptimeOf', () => {
  const given = () => {
    const clocks = { wall: 1_000_000, monotonic: 50 };
    const uptime = uptimeOf(
      () => clocks.wall,
      () => clocks.monotonic,
    );
    const pass = (wallMs: number, monotonicMs = wallMs) => {
      clocks.wall += wallMs;
      clocks.monotonic += monotonicMs;
      return uptime();
    };
    return { pass, from: uptime() };
  };

  it('counts what passes by both clocks once', () => {
    const { pass, from } = given();
    for (let turn = 0; turn < 100; turn++) pass(turn % 10 === 0 ? 1 : 0, 0.1);
    expect(pass(0) - from).toBeCloseTo(10);
  });

  it('does not go back, and loses nothing, when the wall clock is set back', () => {
    const { pass, from } = given();
    expect(pass(-3_600_000, 40) - from).toBe(40);
    expect(pass(60) - from).toBe(100);
  });

  it('counts the time in which the machine was suspended', () => {
    const { pass, from } = given();
    expect(pass(60_000, 5) - from).toBe(60_000);
    expect(pass(5) - from).toBe(60_005);
  });
});

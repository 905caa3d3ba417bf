import { describe, expect, it } from 'vitest';
import { uptimeOf } from './uptime.js';

describe('uptimeOf', () => {
  const given = () => {
    const clocks = { wall: 1_000_000, monotonic: 50, boot: 77_000 };
    const uptime = uptimeOf({
      wallMs: () => clocks.wall,
      monotonicMs: () => clocks.monotonic,
      bootMs: () => clocks.boot,
    });
    const pass = (wallMs: number, monotonicMs = wallMs, bootMs = monotonicMs) => {
      clocks.wall += wallMs;
      clocks.monotonic += monotonicMs;
      clocks.boot += bootMs;
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
    expect(pass(60_000, 5, 60_000) - from).toBe(60_000);
    expect(pass(5) - from).toBe(60_005);
    expect(pass(30_000, 10, 30_000) - from).toBe(90_005);
  });

  it('does not count by how far the wall clock is set forward', () => {
    const { pass, from } = given();
    expect(pass(3_600_000, 40) - from).toBe(40);
    expect(pass(60_000, 5, 60_000) - from).toBe(60_040);
  });

  it('counts a suspension after which the wall clock was set back by more than it took', () => {
    const { pass, from } = given();
    expect(pass(-100_000, 5, 60_000) - from).toBe(60_000);
  });

  it('counts a suspension that the wall clock was set back by within a tenth of a second', () => {
    const { pass, from } = given();
    pass(5, 5, 60_000);
    expect(pass(95) - from).toBe(60_095);
    expect(pass(1_000) - from).toBe(61_095);
  });
});

import { describe, expect, it } from 'vitest';
import { FrameMeter } from './frames';

describe('frames a second', () => {
  const meterOf = (...times: number[]) => {
    const meter = new FrameMeter();
    for (const time of times) meter.note(time);
    return meter;
  };
  const steady = (count: number, step: number) => Array.from({ length: count }, (_, index) => index * step);

  it('are counted while frames come', () => {
    expect(meterOf(...steady(61, 16)).rate(960)).toBeCloseTo(62.5);
    expect(meterOf(...steady(20, 50)).rate(950)).toBeCloseTo(20);
    // Of a long movement the last second counts.
    expect(
      meterOf(...steady(100, 100), ...steady(50, 20).map((time) => 10_000 + time)).rate(10_980),
    ).toBeCloseTo(50);
  });

  it('are nothing to speak of at rest, and of single frames', () => {
    expect(meterOf().rate(0)).toBeNull();
    expect(meterOf(5).rate(6)).toBeNull();
    expect(meterOf(...steady(61, 16)).rate(2000)).toBeNull();
    expect(meterOf(0, 1000, 2000).rate(2001)).toBeNull();
  });
});

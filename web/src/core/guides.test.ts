import { describe, expect, it } from 'vitest';
import { alignmentOf } from './guides';
import type { Box } from './types';

const box = (x: number, y: number, w = 100, h = 50): Box => ({ x, y, w, h });

describe('guides', () => {
  it('find the edge or middle that is nearest, each way by itself', () => {
    const { guides, dx, dy } = alignmentOf(box(203, 300), [box(200, 0), box(600, 297)], 5);
    expect([dx, dy]).toEqual([-3, -3]);
    expect(guides).toContainEqual({ axis: 'x', at: 200, from: 0, to: 347 });
    expect(guides).toContainEqual({ axis: 'y', at: 297, from: 200, to: 700 });
  });

  it('are none where nothing is near', () => {
    expect(alignmentOf(box(20, 300), [box(200, 0)], 5)).toEqual({ guides: [], dx: 0, dy: 0 });
    expect(alignmentOf(box(20, 300), [], 5)).toEqual({ guides: [], dx: 0, dy: 0 });
  });

  it('go over all that are in line, and only those', () => {
    const { guides } = alignmentOf(box(1, 100), [box(0, 0), box(0, 400, 30), box(4, 900)], 5);
    const left = guides.filter(({ axis, at }) => axis === 'x' && at === 0);
    expect(left).toEqual([{ axis: 'x', at: 0, from: 0, to: 450 }]);
  });

  it('know a middle in line with an edge', () => {
    const { dx, guides } = alignmentOf(box(148, 0), [box(200, 300)], 3);
    expect(dx).toBe(2);
    expect(guides.map(({ at }) => at)).toContain(200);
  });

  it('take the nearer of two', () => {
    expect(alignmentOf(box(2, 0), [box(0, 500), box(3, 900)], 5).dx).toBe(1);
  });
});

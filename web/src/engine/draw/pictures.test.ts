import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import { layoutOf } from '../../core/geometry';
import { shapeOf } from '../../core/slots';
import type { NodePicture } from '../pictures';
import { cellsFor, fitted, paintPictures, roomIn } from './pictures';

const TYPES = catalog(nodeType('Save', [input('images', 'IMAGE'), input('prefix', 'STRING')]));

function placed(height: number) {
  const node = { id: 1, type: 'Save', pos: [100, 200], size: [300, height], widgets_values: ['x'] };
  const shape = shapeOf(node, TYPES);
  return { shape, layout: layoutOf(node, shape) };
}

describe('pictures of a node', () => {
  it('stand below its widgets, within it', () => {
    const { shape, layout } = placed(400);
    const room = roomIn(shape, layout);
    const { cells, hangs } = cellsFor(shape, layout, 1);
    expect(hangs).toBe(false);
    expect(cells).toEqual([{ x: 108, y: 200 + 400 - 8 - room, w: 284, h: room }]);
    expect(cells[0]?.y).toBeGreaterThan((layout.widgets[0]?.y ?? 0) + 20);
  });

  it('hang below it where it has no room', () => {
    const { shape, layout } = placed(0);
    const { cells, hangs } = cellsFor(shape, layout, 1);
    expect(hangs).toBe(true);
    expect(cells[0]).toMatchObject({ x: 100, y: 200 + layout.body.h + 6, w: 300 });
  });

  it('share the room, two in a row, and do not overlap', () => {
    const { shape, layout } = placed(500);
    const of = (count: number) => cellsFor(shape, layout, count).cells;
    expect(of(2).map(({ y }) => y)[0]).toBe(of(2).map(({ y }) => y)[1]);
    const [one, two, three, four] = of(4);
    expect([one?.x === three?.x, two?.x === four?.x, one?.y === two?.y]).toEqual([true, true, true]);
    expect((two?.x ?? 0) - (one?.x ?? 0)).toBeGreaterThan(one?.w ?? 1000);
    expect((three?.y ?? 0) - (one?.y ?? 0)).toBeGreaterThan(one?.h ?? 1000);
  });

  it('are whole, in the middle of their cells, at the top where they hang', () => {
    const cell = { x: 0, y: 0, w: 100, h: 200 };
    expect(fitted({ width: 50, height: 50 }, cell, false)).toEqual({ x: 0, y: 50, w: 100, h: 100 });
    expect(fitted({ width: 50, height: 50 }, cell, true)).toEqual({ x: 0, y: 0, w: 100, h: 100 });
    expect(fitted({ width: 10, height: 40 }, cell, false)).toEqual({ x: 25, y: 0, w: 50, h: 200 });
  });

  it('are asked for as large as they are on the device, and not where elements bring their own', () => {
    const { shape, layout } = placed(400);
    const drawn: unknown[][] = [];
    const context = { drawImage: (...values: unknown[]) => drawn.push(values) };
    const sides: number[] = [];
    const small = { width: 64, height: 64 };
    const pictures = {
      of: (): readonly NodePicture[] => [{ key: 'a', version: 0, origin: () => 'a' }],
      take: (_: NodePicture, side: number) => {
        sides.push(Math.round(side));
        return small;
      },
    };
    const paintAt = (zoom: number, ratio: number) =>
      paintPictures(
        context as unknown as CanvasRenderingContext2D,
        '1',
        layout,
        shape,
        { pictures, view: { zoom } } as unknown as Parameters<typeof paintPictures>[4],
        ratio,
      );
    const longest = Math.max(284, roomIn(shape, layout));
    paintAt(0.5, 1);
    paintAt(0.5, 2);
    paintAt(0.7, 1);
    expect(sides).toEqual([longest * 0.5, longest, 0].map(Math.round));
    expect(drawn).toHaveLength(3);
    paintAt(0.01, 1);
    expect(drawn).toHaveLength(3);
  });
});

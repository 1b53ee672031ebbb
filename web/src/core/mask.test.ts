import { describe, expect, it } from 'vitest';
import { type Brush, Mask, TILE } from './mask';

const PEN: Brush = { tool: 'pen', hardness: 1 };
const ERASER: Brush = { tool: 'eraser', hardness: 1 };

/** Every value, as one text: comparing long lists takes long. */
function drawn(mask: Mask): string {
  const values = new Uint8Array(mask.width * mask.height);
  for (let y = 0; y < mask.height; y += 1)
    for (let x = 0; x < mask.width; x += 1) values[y * mask.width + x] = mask.at(x, y);
  return Buffer.from(values).toString('latin1');
}

function dab(mask: Mask, x: number, y: number, radius: number, brush = PEN) {
  mask.begin();
  const box = mask.stroke({ x, y, radius }, { x, y, radius }, brush);
  mask.end();
  return box;
}

describe('a mask', () => {
  it('is painted by strokes, and tells what they changed', () => {
    const mask = new Mask(600, 400);
    mask.begin();
    const box = mask.stroke({ x: 100, y: 100, radius: 10 }, { x: 300, y: 100, radius: 10 }, PEN);
    mask.end();
    expect(box).toEqual({ x: 89, y: 89, w: 222, h: 22 });
    expect([mask.at(200, 100), mask.at(200, 108), mask.at(200, 112), mask.at(320, 100)]).toEqual([
      255, 255, 0, 0,
    ]);
    expect(mask.at(255, 100)).toBe(255);
    expect(mask.at(256, 100)).toBe(255);
  });

  it('a soft brush fades, and crossing strokes do not add up', () => {
    const mask = new Mask(100, 100);
    const soft: Brush = { tool: 'pen', hardness: 0 };
    dab(mask, 50, 50, 30, soft);
    const half = mask.at(65, 50);
    expect(mask.at(50, 50)).toBeGreaterThan(250);
    expect(half).toBeGreaterThan(60);
    expect(half).toBeLessThan(200);
    dab(mask, 50, 50, 30, soft);
    expect(mask.at(65, 50)).toBe(half);
  });

  it('grows along a stroke with the pressure of the pen', () => {
    const mask = new Mask(300, 100);
    mask.begin();
    mask.stroke({ x: 20, y: 50, radius: 2 }, { x: 280, y: 50, radius: 30 }, PEN);
    expect([mask.at(25, 60), mask.at(275, 70)]).toEqual([0, 255]);
  });

  it('is erased', () => {
    const mask = new Mask(300, 100);
    dab(mask, 150, 50, 40);
    dab(mask, 150, 50, 20, ERASER);
    expect([mask.at(150, 50), mask.at(180, 50)]).toEqual([0, 255]);
  });

  it('takes each step back and does it again, also those of the whole', () => {
    const mask = new Mask(600, 300);
    const steps = [
      () => dab(mask, 255, 100, 20),
      () => mask.invert(),
      () => dab(mask, 400, 200, 30, ERASER),
      () => dab(mask, 10, 10, 50),
      () => mask.clear(),
      () => dab(mask, 300, 150, 5),
      () => mask.invert(),
      () => mask.invert(),
    ];
    const states = [drawn(mask)];
    for (const step of steps) {
      step();
      states.push(drawn(mask));
    }
    expect(mask.isChanged).toBe(true);
    for (let at = steps.length - 1; at >= 0; at -= 1) {
      expect(mask.undo()).not.toBeNull();
      expect(drawn(mask) === states[at], `step ${at}`).toBe(true);
    }
    expect([mask.undo(), mask.canUndo, mask.isChanged, mask.isEmpty]).toEqual([null, false, false, true]);
    for (let at = 1; at <= steps.length; at += 1) {
      expect(mask.redo()).not.toBeNull();
      expect(drawn(mask) === states[at], `step ${at}`).toBe(true);
    }
    expect(mask.redo()).toBeNull();
  });

  it('a new step ends what could be done again', () => {
    const mask = new Mask(50, 50);
    dab(mask, 20, 20, 5);
    mask.undo();
    dab(mask, 30, 30, 5);
    expect(mask.canRedo).toBe(false);
  });

  it('a stroke that was a mistake of the hand leaves no trace', () => {
    const mask = new Mask(300, 50);
    dab(mask, 20, 20, 5);
    const before = drawn(mask);
    mask.begin();
    mask.stroke({ x: 0, y: 20, radius: 9 }, { x: 290, y: 20, radius: 9 }, PEN);
    expect(mask.abandon()).toEqual({ x: 0, y: 0, w: 300, h: 50 });
    expect(drawn(mask) === before).toBe(true);
    expect([mask.canRedo, mask.abandon()]).toEqual([false, null]);
  });

  it('keeps a hundred steps, and knows that there were more', () => {
    const mask = new Mask(50, 50);
    for (let at = 0; at < 101; at += 1) dab(mask, 25, 25, 3, at % 2 === 0 ? PEN : ERASER);
    let count = 0;
    while (mask.undo() !== null) count += 1;
    expect(count).toBe(100);
    expect(mask.isChanged).toBe(true);
  });

  it('is what is transparent: reading and writing it are each other back', () => {
    const mask = new Mask(TILE + 10, 20);
    const rows = new Uint8ClampedArray((TILE + 10) * 20 * 4);
    for (let at = 0; at < rows.length; at += 4) rows[at + 3] = (at / 4) % 256;
    mask.readAlpha(rows, 0);
    expect(mask.at(1, 0)).toBe(254);
    expect(mask.at(TILE + 9, 0)).toBe(255 - ((TILE + 9) % 256));
    expect(mask.isChanged).toBe(false);
    const written = new Uint8ClampedArray(rows.length);
    mask.writeAlpha(written, 0);
    expect(Buffer.compare(Buffer.from(written), Buffer.from(rows))).toBe(0);
    const [first, ...others] = [
      written.slice(0, (TILE + 10) * 4 * 3),
      new Uint8ClampedArray((TILE + 10) * 4),
    ];
    const parts = new Mask(TILE + 10, 20);
    parts.readAlpha(first, 0);
    for (const other of others) {
      mask.writeAlpha(other, 3);
      parts.readAlpha(other, 3);
    }
    expect(parts.at(5, 3)).toBe(mask.at(5, 3));
  });

  it('strokes outside change nothing', () => {
    const mask = new Mask(50, 50);
    expect(dab(mask, -100, 20, 10)).toBeNull();
    expect(mask.canUndo).toBe(false);
  });
});

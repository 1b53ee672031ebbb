import { describe, expect, it } from 'vitest';
import { Mask } from '../../core/mask';
import { fitLook, onStage, panLook, resizeLook, shade, toPicture, zoomLook } from './look';

describe('how a picture is seen', () => {
  const whole = { x: 0, y: 0, w: 1000, h: 500 };

  it('fits the stage, in its middle', () => {
    const look = fitLook(whole, 532, 632);
    expect(look.scale).toBe(0.5);
    expect(toPicture(look, { x: 266, y: 316 })).toEqual({ x: 500, y: 250 });
  });

  it('keeps what is under the pointer when it comes nearer', () => {
    const look = zoomLook(fitLook(whole, 532, 632), 3, { x: 100, y: 200 });
    const before = toPicture(fitLook(whole, 532, 632), { x: 100, y: 200 });
    expect(toPicture(look, { x: 100, y: 200 }).x).toBeCloseTo(before.x);
    expect(look.scale).toBe(1.5);
    expect(zoomLook(look, 1e9, { x: 0, y: 0 }).scale).toBe(32);
  });

  it('follows a drag', () => {
    const look = { x: 10, y: 20, scale: 2 };
    expect(panLook(look, 40, -10)).toEqual({ x: -10, y: 25, scale: 2 });
  });

  it('knows which pixels of the stage change', () => {
    const look = { x: 10, y: 10, scale: 2 };
    expect(onStage(look, { x: 20, y: 20, w: 5, h: 5 }, 100, 100)).toEqual({ x: 19, y: 19, w: 12, h: 12 });
    expect(onStage(look, { x: 0, y: 0, w: 5, h: 5 }, 100, 100)).toBeNull();
  });
});

describe('a stage of another size', () => {
  const whole = { x: 0, y: 0, w: 1000, h: 500 };

  it('fits the picture again where it was whole, else keeps the middle', () => {
    const fitted = fitLook(whole, 532, 632);
    expect(resizeLook(fitted, whole, [532, 632], [1032, 632])).toEqual(fitLook(whole, 1032, 632));
    const near = { x: 100, y: 50, scale: 2 };
    expect(resizeLook(near, whole, [400, 400], [600, 400])).toEqual({ x: 50, y: 50, scale: 2 });
  });
});

describe('shade', () => {
  const mask = new Mask(300, 300);
  mask.begin();
  mask.stroke({ x: 150, y: 150, radius: 50 }, { x: 150, y: 150, radius: 50 }, { tool: 'pen', hardness: 1 });
  mask.end();

  function seen(look: { x: number; y: number; scale: number }, w: number, h: number) {
    const out = new Uint8ClampedArray(w * h * 4);
    shade(out, mask, look, { x: 0, y: 0, w, h }, [1, 2, 3]);
    return (x: number, y: number) => [...out.slice((y * w + x) * 4, (y * w + x) * 4 + 4)];
  }

  it('is the colour where the mask is, at any scale', () => {
    const near = seen({ x: 100, y: 100, scale: 4 }, 400, 400);
    expect(near(200, 200)).toEqual([1, 2, 3, 255]);
    expect(near(2, 2)[3]).toBe(0);
    const far = seen({ x: 0, y: 0, scale: 0.1 }, 40, 40);
    expect(far(15, 15)).toEqual([1, 2, 3, 255]);
    expect(far(5, 5)[3]).toBe(0);
  });

  it('is nothing beside the picture', () => {
    const look = seen({ x: -100, y: -100, scale: 1 }, 500, 500);
    expect(look(10, 10)[3]).toBe(0);
    expect(look(450, 450)[3]).toBe(0);
  });
});

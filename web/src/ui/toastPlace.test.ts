import { describe, expect, it } from 'vitest';
import { clearSpot, type Rect } from './toastPlace';

const rect = (left: number, top: number, right: number, bottom: number): Rect => ({
  left,
  top,
  right,
  bottom,
});
const AREA = rect(48, 44, 1280, 800);
const SIZE = { width: 384, height: 50 };
const BAR = rect(60, 752, 400, 788);
const MAP = rect(1068, 592, 1268, 728);

/** That it lies in the area and keeps the gap to everything. */
function isClear(area: Rect, obstacles: readonly Rect[], size: typeof SIZE): boolean {
  const spot = clearSpot(area, obstacles, size);
  if (spot === null) return false;
  const { left, bottom } = spot;
  const [right, top] = [left + size.width, bottom - size.height];
  return (
    left >= area.left &&
    right <= area.right &&
    top >= area.top &&
    bottom <= area.bottom &&
    obstacles.every(
      (each) => each.right <= left || each.left >= right || each.bottom <= top || each.top >= bottom,
    )
  );
}

describe('messages', () => {
  it('stand at the lower right where nothing is', () => {
    expect(clearSpot(AREA, [], SIZE)).toEqual({ left: 884, bottom: 788 });
    expect(clearSpot(AREA, [BAR], SIZE)).toEqual({ left: 884, bottom: 788 });
  });

  it('stand below what leaves room for them, beside it where they are higher, above all where it is narrow', () => {
    expect(clearSpot(AREA, [BAR, MAP], { width: 384, height: 40 })).toEqual({ left: 884, bottom: 788 });
    expect(clearSpot(AREA, [BAR, MAP], { width: 384, height: 200 })).toEqual({ left: 672, bottom: 788 });
    const phone = rect(0, 90, 390, 780);
    const bar = rect(12, 732, 350, 768);
    expect(clearSpot(phone, [bar], { width: 366, height: 60 })).toEqual({ left: 12, bottom: 720 });
  });

  it('keep off everything, however it lies', () => {
    let seed = 7;
    const random = (most: number) => {
      seed = (seed * 16807) % 2147483647;
      return seed % most;
    };
    for (let round = 0; round < 500; round += 1) {
      const obstacles = Array.from({ length: random(6) }, () => {
        const [left, top] = [random(1200), random(760)];
        return rect(left, top, left + 20 + random(400), top + 20 + random(300));
      });
      const size = { width: 100 + random(300), height: 30 + random(200) };
      const spot = clearSpot(AREA, obstacles, size);
      expect(spot === null || isClear(AREA, obstacles, size)).toBe(true);
    }
  });

  it('have no place where there is none', () => {
    expect(clearSpot(AREA, [AREA], SIZE)).toBeNull();
    expect(clearSpot(rect(0, 0, 300, 300), [], SIZE)).toBeNull();
  });
});

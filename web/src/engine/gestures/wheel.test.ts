// Sequences as devices send them: what Chromium, Firefox and Safari tell of wheels and trackpads.

import { describe, expect, it } from 'vitest';
import { type Device, evidence, panBy, type Turn, WheelSense, wheelMeans, zoomFactor } from './wheel';

const turn = (more: Partial<Turn>): Turn => ({
  ...{ deltaMode: 0, deltaX: 0, deltaY: 0, ctrlKey: false, metaKey: false, shiftKey: false, ...more },
});
/** [deltaX, deltaY, wheelDelta, milliseconds since the event before] */
type Row = readonly [number, number, number | undefined, number];

function senseAll(rows: readonly Row[], more: Partial<Turn> = {}): Device[] {
  const sense = new WheelSense();
  let now = 0;
  return rows.map(([deltaX, deltaY, wheelDelta, after]) => {
    now += after;
    return sense.sense(
      turn({ deltaX, deltaY, ...(wheelDelta === undefined ? {} : { wheelDelta }), ...more }),
      now,
    );
  });
}

const MICE: readonly (readonly [string, readonly Row[], Partial<Turn>?])[] = [
  [
    'Chromium on Windows, notches of 100',
    [
      [0, 100, -120, 0],
      [0, 100, -120, 90],
      [0, 200, -240, 30],
      [0, -100, 120, 600],
    ],
    {},
  ],
  [
    'Chromium on Linux, notches of 120',
    [
      [0, 120, -120, 0],
      [0, 120, -120, 200],
      [0, -120, 120, 200],
    ],
    {},
  ],
  [
    'Chromium at 150 % of Windows',
    [
      [0, 66.66666412353516, -120, 0],
      [0, 133.3333282470703, -240, 40],
    ],
    {},
  ],
  [
    'Chromium on macOS, slow',
    [
      [0, 4.000244140625, -12, 0],
      [0, 4.000244140625, -12, 400],
      [0, 8.00048828125, -24, 80],
    ],
    {},
  ],
  [
    'Chromium on macOS, fast',
    [
      [0, 4.000244140625, -12, 0],
      [0, 24.00146484375, -72, 30],
      [0, 80.0048828125, -240, 30],
    ],
    {},
  ],
  [
    'Firefox, lines',
    [
      [0, 3, undefined, 0],
      [0, 3, undefined, 90],
      [0, -6, undefined, 90],
    ],
    { deltaMode: 1 },
  ],
  ['Firefox, pages', [[0, 1, undefined, 0]], { deltaMode: 2 }],
  [
    'a wheel that tilts',
    [
      [0, 100, -120, 0],
      [100, 0, -120, 300],
      [0, 100, -120, 300],
    ],
    {},
  ],
];

const TRACKPADS: readonly (readonly [string, readonly Row[]])[] = [
  [
    'macOS, slowly down',
    [
      [0, 1, -3, 0],
      [0, 2, -6, 16],
      [0, 4, -12, 17],
      [0, 7, -21, 16],
      [0, 3, -9, 16],
      [0, 1, -3, 16],
    ],
  ],
  [
    'macOS, aslant',
    [
      [-1, 2, -6, 0],
      [-3, 5, -15, 16],
      [-6, 9, -27, 16],
    ],
  ],
  // A fling: in the midst of it a distance that a wheel might send, too.
  [
    'macOS, a fling',
    [
      [0, 3, -9, 0],
      [0, 40, -120, 16],
      [0, 120, -360, 16],
      [0, 200, -600, 16],
      [0, 80, -240, 16],
      [0, 12, -36, 16],
    ],
  ],
  [
    'Windows, precision',
    [
      [0, 2.5, -3, 0],
      [0, 11.25, -13, 8],
      [0, 33.75, -40, 8],
      [0.5, 21, -25, 8],
    ],
  ],
  [
    'Linux, Wayland',
    [
      [0, 1.171875, -1, 0],
      [0, 5.859375, -7, 8],
      [0, 14.0625, -16, 8],
    ],
  ],
  [
    'Safari on macOS',
    [
      [0, 1, -3, 0],
      [-1, 3, -9, 16],
      [0, 10, -30, 16],
    ],
  ],
];

describe('telling a mouse from a trackpad', () => {
  it.each(MICE.map(([name, rows, more]) => ({ name, rows, more })))('mouse: $name', ({ rows, more }) => {
    expect(new Set(senseAll(rows, more))).toEqual(new Set(['mouse']));
  });

  it.each(TRACKPADS)('trackpad: %s', (_, rows) => {
    expect(new Set(senseAll(rows))).toEqual(new Set(['trackpad']));
  });

  it('notices when the hand goes from one to the other', () => {
    const rows: Row[] = [
      [0, 100, -120, 0],
      [0, 3, -9, 900],
      [0, 5, -15, 16],
      [0, 100, -120, 900],
    ];
    expect(senseAll(rows)).toEqual(['mouse', 'trackpad', 'trackpad', 'mouse']);
  });

  it('keeps to the last device where an event says nothing', () => {
    expect(evidence(turn({ deltaY: 90, wheelDelta: -108 }))).toBeNull();
    expect(senseAll([[0, 90, -108, 0]])).toEqual(['mouse']);
    expect(
      senseAll([
        [0, 3, -9, 0],
        [0, 90, -108, 900],
      ]),
    ).toEqual(['trackpad', 'trackpad']);
  });
});

describe('what a turn does', () => {
  it.each([
    ['auto', 'mouse', {}, 'zoom'],
    ['auto', 'trackpad', {}, 'pan'],
    ['mouse', 'trackpad', {}, 'zoom'],
    ['trackpad', 'mouse', {}, 'pan'],
    // A pinch is a wheel with Ctrl, whatever the mode; Cmd does the same on a Mac.
    ['auto', 'trackpad', { ctrlKey: true }, 'zoom'],
    ['trackpad', 'trackpad', { ctrlKey: true }, 'zoom'],
    ['trackpad', 'mouse', { metaKey: true }, 'zoom'],
    ['mouse', 'mouse', { shiftKey: true }, 'pan'],
  ] as const)('%s, %s, %j: %s', (mode, sensed, keys, meaning) => {
    expect(wheelMeans(turn({ deltaY: 5, ...keys }), mode, sensed)).toBe(meaning);
  });

  it('zooms in upwards, by as much for lines as for pixels', () => {
    expect(zoomFactor(turn({ deltaY: -100 }))).toBeGreaterThan(1);
    expect(zoomFactor(turn({ deltaY: 3, deltaMode: 1 }))).toBeLessThan(1);
    expect(zoomFactor(turn({ deltaY: -4, ctrlKey: true }))).toBeGreaterThan(zoomFactor(turn({ deltaY: -4 })));
  });

  it('pans sideways with Shift', () => {
    expect(panBy(turn({ deltaX: 3, deltaY: 4 }))).toEqual({ x: -3, y: -4 });
    expect(panBy(turn({ deltaY: 100, shiftKey: true }))).toEqual({ x: -100, y: 0 });
    expect(panBy(turn({ deltaX: 100, shiftKey: true }))).toEqual({ x: -100, y: -0 });
  });
});

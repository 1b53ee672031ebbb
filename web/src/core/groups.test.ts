import { describe, expect, it } from 'vitest';
import { groupBox, groupFont, groupTitleHeight } from './groups';

describe('the place of a group', () => {
  it('is the same, however it was drawn', () => {
    const box = { x: -100, y: -100, w: 500, h: 400 };
    expect(groupBox({ bounding: [-100, -100, 500, 400] })).toEqual(box);
    expect(groupBox({ bounding: [400, 300, -500, -400] })).toEqual(box);
    expect(groupBox({})).toBeNull();
  });
});

describe('the title of a group', () => {
  it('is as large as the file says, within bounds', () => {
    expect([12, 24, 64].map((font_size) => groupFont({ font_size }))).toEqual([12, 24, 64]);
    expect([-5, 0, 1, 5000].map((font_size) => groupFont({ font_size }))).toEqual([8, 8, 8, 128]);
    expect([{}, { font_size: 'large' }, { font_size: null }].map(groupFont)).toEqual([24, 24, 24]);
  });

  it('has room for its letters, and never less than a node has for its own', () => {
    expect([{ font_size: 10 }, {}, { font_size: 64 }].map(groupTitleHeight)).toEqual([30, 34, 90]);
  });
});

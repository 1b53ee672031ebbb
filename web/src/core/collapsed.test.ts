// How wide nodes are that are collapsed.

import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { layoutOf } from './geometry';
import { shapeOf } from './slots';

const TYPES = catalog(nodeType('Encode', [input('text', 'STRING'), input('clip', 'CLIP')], ['CONDITIONING']));

function widthOf(title: string, width = 400): number {
  const node = { type: 'Encode', title, pos: [0, 0], size: [width, 200], flags: { collapsed: true } };
  const layout = layoutOf(node, shapeOf(node, TYPES));
  expect(layout.outputs[0]?.x).toBe(layout.box.w);
  return layout.box.w;
}

describe('a collapsed node', () => {
  it('is as wide as its title needs', () => {
    expect(widthOf('Encode')).toBe(120);
    const wide = widthOf('What to draw in it');
    expect(wide).toBeGreaterThan(180);
    expect(wide).toBeLessThan(240);
    expect(widthOf('描くものを言葉で書く')).toBeGreaterThan(widthOf('ten letter'));
  });

  it('is no wider than it is when it is open', () => {
    expect(widthOf('A title that goes on and on and on and on', 260)).toBe(260);
    expect(widthOf('A title that goes on and on and on and on', 100)).toBe(210);
  });
});

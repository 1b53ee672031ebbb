// Nodes of shared files need no more room than they had where they were made.
import { describe, expect, it } from 'vitest';
import { coreTypes } from '../../test/coreTypes';
import { sharedFiles } from '../../test/corpora';
import { GraphDoc } from './doc';
import { isCollapsed, layoutOf, readPoint } from './geometry';
import { isObject, parseJson } from './json';
import { shapeOf, typeNameOf } from './slots';
import { withDefinitions } from './subgraph';

interface Grown {
  readonly type: string;
  readonly by: readonly [number, number];
}

/** How many nodes have a size in their file, and those of them that need more; of types that are known or not. */
function growth(isKnown: boolean): { readonly count: number; readonly grown: readonly Grown[] } {
  const types = coreTypes();
  const grown: Grown[] = [];
  let count = 0;
  for (const { name, text } of sharedFiles('ui')) {
    const raw = parseJson(text);
    if (!isObject(raw)) throw new Error(name);
    const doc = new GraphDoc(raw);
    const catalog = withDefinitions(doc, types);
    for (const scope of doc.scopes) {
      for (const node of doc.graph(scope).nodes.values()) {
        const [size, type] = [readPoint(node['size']), typeNameOf(node)];
        if (size === null || isCollapsed(node) || catalog.has(type) !== isKnown) continue;
        count += 1;
        const { body } = layoutOf(node, shapeOf(node, catalog));
        const by = [Math.round(body.w - size.x), Math.round(body.h - size.y)] as const;
        if (by[0] > 0 || by[1] > 0) grown.push({ type, by });
      }
    }
  }
  return { count, grown };
}

describe('nodes of shared files', { timeout: 60_000 }, () => {
  it.each([
    ['known', true],
    ['unknown', false],
  ])('grow by no more than one in twenty: %s types', (_, isKnown) => {
    const { count, grown } = growth(isKnown);
    expect(count).toBeGreaterThan(500);
    const most = new Map<string, number>();
    for (const { type, by } of grown) most.set(`${type} ${by}`, (most.get(`${type} ${by}`) ?? 0) + 1);
    const worst = [...most].sort(([, one], [, other]) => other - one).slice(0, 25);
    expect(grown.length / count, JSON.stringify([count, grown.length, worst])).toBeLessThanOrEqual(0.05);
  });
});

describe('a node of a type that nobody knows', () => {
  const layout = (more: object) => {
    const node = { type: 'mxSlider', pos: [0, 0], size: [150, 30], widgets_values: [5, 6, 7], ...more };
    return layoutOf(node, shapeOf(node, new Map()));
  };

  it('is as large as where it came from, with the values that there is room for', () => {
    expect(layout({}).body).toEqual({ x: 0, y: 0, w: 150, h: 30 });
    expect(layout({ size: [150, 60] }).widgets.length).toBe(2);
    expect(layout({ size: [150, 300] }).widgets.length).toBe(3);
  });

  it('keeps those that are linked, and grows with all where no file says a size', () => {
    const inputs = ['a', 'b', 'c'].map((name, index) => ({
      ...{ name, type: 'INT', widget: { name }, link: index === 2 ? 1 : null },
    }));
    expect(layout({ inputs }).widgets.map(({ widget }) => widget.name)).toEqual(['c']);
    expect(layout({ size: null }).widgets.length).toBe(3);
  });
});

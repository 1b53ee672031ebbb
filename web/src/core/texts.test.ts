import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { layoutOf } from './geometry';
import type { JsonObject } from './json';
import { shapeOf } from './slots';
import { sizeForText, textEdges } from './texts';

const TYPES = catalog(
  nodeType('Two', [
    input('name', 'STRING'),
    input('first', 'STRING', { multiline: true }),
    input('second', 'STRING', { multiline: true }),
  ]),
  nodeType('None', [input('name', 'STRING')]),
);

const node = (size: JsonObject['size'], more: JsonObject = {}): JsonObject => ({
  ...{ id: 1, type: 'Two', pos: [100, 200], widgets_values: ['', 'a', 'b'], ...more },
  ...(size === undefined ? {} : { size }),
});
const placed = (record: JsonObject) => {
  const shape = shapeOf(record, TYPES);
  const layout = layoutOf(record, shape);
  return { shape, layout, edges: textEdges(shape, layout) };
};
const yOf = (record: JsonObject, name: string) => placed(record).edges.find((edge) => edge.name === name)?.y;

/** The node with one of its texts ending there. */
function dragged(record: JsonObject, name: string, y: number, unit = 1): JsonObject {
  const size = sizeForText(record, placed(record).layout, name, y, unit);
  return { ...record, size: [size?.x ?? 0, size?.y ?? 0] };
}

describe('the lower edge of a text', () => {
  it('is where the text ends, of those that no link gives', () => {
    const slot = { name: 'first', type: 'STRING', link: 3, widget: { name: 'first' } };
    expect(placed(node([400, 300])).edges.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(placed(node([400, 300], { inputs: [slot] })).edges.map(({ name }) => name)).toEqual(['second']);
    const { layout, edges } = placed(node([400, 300]));
    expect(edges.at(-1)?.y).toBe(layout.body.y + layout.body.h - 12);
  });

  it.each(['first', 'second'])('goes where it is dragged: %s', (name) => {
    const before = node([400, 300]);
    const y = (yOf(before, name) ?? 0) + 100;
    expect(yOf(dragged(before, name, y), name)).toBe(y);
    expect(yOf(dragged(before, name, y - 140), name)).toBe(y - 140);
  });

  it('goes no higher than a text needs, and the node is no lower than it must be', () => {
    const low = dragged(node([400, 300]), 'second', -1000);
    expect(low['size']).toEqual([400, placed(node([400, 0])).layout.body.h]);
    expect(placed(low).layout.widgets.map(({ h }) => h)).toEqual([20, 56, 56]);
  });

  it('leaves the width of the file, be it less than the node needs', () => {
    expect(sizeForText(node([90, 300]), placed(node([90, 300])).layout, 'first', 900)?.x).toBe(90);
    expect(sizeForText(node(undefined), placed(node(undefined)).layout, 'first', 900)?.x).toBe(210);
  });

  it('snaps to a grid by the height of the node', () => {
    const before = node([400, 300]);
    const size = sizeForText(before, placed(before).layout, 'second', (yOf(before, 'second') ?? 0) + 33, 10);
    expect(size?.y).toBe(330);
  });

  it('is none where there is no text', () => {
    const none = node([200, 60], { type: 'None', widgets_values: ['x'] });
    expect(placed(none).edges).toEqual([]);
    expect(sizeForText(none, placed(none).layout, 'name', 0)).toBeNull();
  });
});

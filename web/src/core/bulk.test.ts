import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { commonWidgets, type Inspected, isMixed, setForAll } from './bulk';
import { GraphDoc } from './doc';
import type { Json } from './json';
import { shapeOf } from './slots';

const STEPS = input('steps', 'INT', { min: 1, max: 100 });
const TYPES = catalog(
  nodeType('A', [STEPS, input('name', 'COMBO', { choices: ['x'], choices_from: 'loras' })]),
  nodeType('B', [
    input('steps', 'INT', { min: 1, max: 20 }),
    input('name', 'COMBO', { choices: ['x'], choices_from: 'checkpoints' }),
    input('only', 'STRING'),
  ]),
  nodeType('C', [input('steps', 'FLOAT'), input('key', 'STRING', { options: { hidden: true } })]),
);

function open(...nodes: Json[]): { doc: GraphDoc; found: () => Inspected[] } {
  const doc = new GraphDoc({ nodes, links: [], version: 0.4 });
  const found = () => [...doc.graph().nodes].map(([id, node]) => ({ id, node, shape: shapeOf(node, TYPES) }));
  return { doc, found };
}
const names = (found: readonly Inspected[]) => commonWidgets(found).map((widget) => widget.name);
const values = (doc: GraphDoc) => [...doc.graph().nodes.values()].map((node) => node['widgets_values']);

describe('several nodes', () => {
  const A = { id: 1, type: 'A', widgets_values: [30, 'x'] };
  const B = { id: 2, type: 'B', widgets_values: [10, 'x', ''] };

  it('have in common what is of one name and kind', () => {
    expect(names(open(A, { ...A, id: 5 }).found())).toEqual(['steps', 'name']);
    expect(names(open(A, B).found())).toEqual(['steps']);
    expect(names(open(A, { id: 3, type: 'C', widgets_values: [1, ''] }).found())).toEqual([]);
    expect(names(open({ id: 3, type: 'C', widgets_values: [1, ''] }).found())).toEqual(['steps']);
  });

  it('are set in one step, each within its range', () => {
    const { doc, found } = open(A, B);
    const [steps] = commonWidgets(found());
    if (steps === undefined) throw new Error('nothing in common');
    expect(isMixed(found(), steps)).toBe(true);
    doc.edit('value', '', (tx) => setForAll(tx, found(), 'steps', 50));
    expect(values(doc)).toEqual([
      [50, 'x'],
      [20, 'x', ''],
    ]);
    doc.undo();
    expect(values(doc)).toEqual([A.widgets_values, B.widgets_values]);
    expect(doc.steps).toHaveLength(0);
  });

  it('of shared values, those of one kind, are set by their places; others are left alone', () => {
    const held = (id: number) => ({ id, type: 'PrimitiveNode', widgets_values: [5, 'fixed'] });
    const { doc, found } = open(held(1), held(2), { id: 3, type: 'Gone', widgets_values: [5] });
    const shared = () =>
      found()
        .slice(0, 2)
        .map((each, index) => ({
          ...each,
          isShared: true,
          shape: {
            ...each.shape,
            widgets: each.shape.widgets.map((widget) => ({
              ...widget,
              input: { ...STEPS, max: 50 - 20 * index },
            })),
          },
        }));
    expect(names(shared())).toEqual(['0', '1']);
    doc.edit('value', '', (tx) => setForAll(tx, shared(), '0', 40));
    doc.edit('value', '', (tx) => setForAll(tx, shared().slice(0, 1), '1', 'randomize'));
    doc.edit('value', '', (tx) => setForAll(tx, found(), '0', 9));
    expect(values(doc)).toEqual([[40, 'randomize'], [30, 'fixed'], [5]]);
    doc.undo();
    doc.undo();
    expect(values(doc)).toEqual([[5, 'fixed'], [5, 'fixed'], [5]]);
  });

  it('keep what comes over a link', () => {
    const inputs = [{ name: 'steps', type: 'INT', link: 4, widget: { name: 'steps' } }];
    const { doc, found } = open(A, { ...A, id: 2, inputs }, { ...A, id: 3 });
    const [steps] = commonWidgets(found());
    if (steps === undefined) throw new Error('nothing in common');
    doc.edit('value', '', (tx) => setForAll(tx, found(), 'steps', 7));
    expect(values(doc).map((each) => (each as Json[])[0])).toEqual([7, 30, 7]);
    expect(isMixed(found(), steps)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { foldOf, wouldFold } from './fold';
import { layoutOf } from './geometry';
import type { JsonObject } from './json';
import { shapeOf } from './slots';

const TYPES = catalog(
  nodeType('Loader', [
    input('name', 'COMBO', { choices: ['a', 'b'] }),
    input('device', 'COMBO', { choices: ['default', 'cpu'], options: { advanced: true } }),
    input('scale', 'FLOAT', { has_default: true, default: 1, options: { advanced: true } }),
    input('secret', 'STRING', { has_default: true, default: 'x', options: { hidden: true } }),
  ]),
);
const node = (more: JsonObject = {}, values: JsonObject['a'] = ['a', 'default', 1, 'x']): JsonObject => ({
  ...{ id: 1, type: 'Loader', pos: [0, 0], size: [210, 10], widgets_values: values, ...more },
});
const names = (record: JsonObject) =>
  foldOf(record, shapeOf(record, TYPES)).shown.map((widget) => widget.name);
const layout = (record: JsonObject) => layoutOf(record, shapeOf(record, TYPES));

describe('what stands on a node', () => {
  it('is what is often needed, and never what is hidden', () => {
    expect(names(node())).toEqual(['name']);
    expect(names(node({ showAdvanced: true }))).toEqual(['name', 'device', 'scale']);
  });

  it('is what says something else than its default', () => {
    expect(names(node({}, ['a', 'cpu', 1, 'x']))).toEqual(['name', 'device']);
    expect(
      foldOf(node({}, ['a', 'cpu', 1n, 'x']), shapeOf(node({}, ['a', 'cpu', 1n, 'x']), TYPES)).rare,
    ).toHaveLength(1);
  });

  it('is what is linked, even if it is hidden', () => {
    const slot = (name: string) => ({ name, type: 'COMBO', link: 7, widget: { name } });
    expect(names(node({ inputs: [slot('device')] }))).toEqual(['name', 'device']);
    expect(names(node({ inputs: [slot('secret')] }))).toEqual(['name', 'secret']);
  });

  it('has a row that unfolds it, and only the room that it needs', () => {
    const folded = layout(node());
    expect(folded.fold).toEqual({ y: 28, h: 20, count: 2, isUnfolded: false });
    const open = layout(node({ showAdvanced: true }));
    expect(open.fold).toEqual({ y: 76, h: 20, count: 2, isUnfolded: true });
    expect(open.body.h - folded.body.h).toBe(48);
    expect(layout(node({ type: 'Else' })).fold).toBeNull();
  });

  it('has no slot where nothing is to be seen', () => {
    const { inputs } = layout(node());
    const shape = shapeOf(node(), TYPES);
    const at = (name: string) => inputs[shape.inputs.findIndex((slot) => slot.name === name)];
    expect(at('name')).toEqual({ x: 10, y: 14 });
    expect(at('device')?.x).toBeNaN();
    expect(at('secret')?.x).toBeNaN();
  });

  it('what folds by a value is told before', () => {
    const scale = TYPES.get('Loader')?.inputs[2];
    const first = TYPES.get('Loader')?.inputs[0];
    if (scale === undefined || first === undefined) throw new Error('no input');
    expect([wouldFold(scale, 1), wouldFold(scale, 2), wouldFold(first, 'a')]).toEqual([true, false, false]);
  });
});

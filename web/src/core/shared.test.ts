import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { addNode, connect, setControl, setValue } from './edit';
import { stringifyJson } from './json';
import { rollSeeds } from './seed';
import { joinValue, sharedValues, shareValue } from './shared';
import { shapeOf } from './slots';

const SAMPLE = nodeType('Sample', [
  input('seed', 'INT', { seed_control: true }),
  input('name', 'STRING'),
  input('kind', 'COMBO', { choices: ['a', 'b'] }),
]);
const TYPES = catalog(SAMPLE);

function three(): GraphDoc {
  const doc = new GraphDoc({ last_node_id: 0, last_link_id: 0, nodes: [], links: [], version: 0.4 });
  doc.edit('build', '', (tx) => {
    for (const x of [300, 600, 900]) addNode(tx, SAMPLE, { x, y: 10 });
    setValue(tx, '1', SAMPLE, 'seed', 42);
    setControl(tx, '1', SAMPLE, 'seed', 'increment');
  });
  return doc;
}

describe('shared values', () => {
  it('are primitive nodes in the file, with value and control, and others may join', () => {
    const doc = three();
    const before = stringifyJson(doc.save());
    doc.edit('share', '', (tx) => {
      expect(shareValue(tx, ['1', '2'], 'seed', TYPES)).toBe('4');
    });
    expect(doc.graph().nodes.get('4')).toMatchObject({
      ...{ type: 'PrimitiveNode', inputs: [], pos: [20, 10], widgets_values: [42, 'increment'] },
      outputs: [{ name: 'INT', type: 'INT', widget: { name: 'seed' }, links: [1, 2] }],
    });
    expect(sharedValues({ graph: doc.graph() }, 'INT')).toEqual([{ id: '4', title: 'seed', value: 42 }]);
    doc.edit('join', '', (tx) => {
      expect(joinValue(tx, '4', '3', 'seed', TYPES)).toBe(true);
      expect(joinValue(tx, '4', '3', 'nothing', TYPES)).toBe(false);
    });
    const slot = shapeOf(doc.graph().nodes.get('3') ?? {}, TYPES).inputs.find((each) => each.name === 'seed');
    expect(slot).toMatchObject({ link: '3', isWidget: true });
    doc.edit('run', '', (tx) => rollSeeds(tx, TYPES));
    expect(doc.graph().nodes.get('4')?.['widgets_values']).toEqual([43, 'increment']);
    doc.undo();
    doc.undo();
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(before);
  });

  it('that give nothing yet become what they are linked to', () => {
    const doc = three();
    doc.edit('link', '', (tx) => {
      tx.put('node', '9', {
        ...{ id: 9, type: 'PrimitiveNode', pos: [0, 0], inputs: [] },
        outputs: [{ name: 'connect to widget input', type: '*', links: null }],
      });
      connect(tx, { node: '9', slot: 0 }, { node: '1', input: 'kind' }, TYPES);
    });
    expect(doc.graph().nodes.get('9')).toMatchObject({
      outputs: [{ name: 'COMBO', type: 'COMBO', widget: { name: 'kind' }, links: [1] }],
      widgets_values: ['a', 'fixed', ''],
    });
    expect(doc.graph().links.get('1')?.type).toBe('COMBO');
  });

  it('hold texts without and lists with a control, and are made of no value that a link gives', () => {
    const doc = three();
    doc.edit('share', '', (tx) => {
      expect(shareValue(tx, ['1'], 'name', TYPES)).toBe('4');
      expect(shareValue(tx, ['1'], 'kind', TYPES)).toBe('5');
      expect(shareValue(tx, ['1'], 'kind', TYPES)).toBeNull();
      expect(shareValue(tx, ['1'], 'nothing', TYPES)).toBeNull();
      expect(shareValue(tx, ['5'], '0', TYPES)).toBeNull();
    });
    expect(doc.graph().nodes.get('4')?.['widgets_values']).toEqual(['']);
    expect(doc.graph().nodes.get('5')?.['widgets_values']).toEqual(['a', 'fixed', '']);
  });
});

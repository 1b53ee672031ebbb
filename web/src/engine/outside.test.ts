import { describe, expect, it } from 'vitest';
import { type Change, GraphDoc } from '../core/doc';
import { moveNodes } from '../core/edit';
import { changesTypes } from './outside';

const INNER = '0ab4c0de-0000-4000-8000-000000000000';

function open(): { doc: GraphDoc; told: Change[] } {
  const doc = new GraphDoc({
    nodes: [{ id: 1, type: INNER, pos: [0, 0] }],
    definitions: {
      subgraphs: [
        { id: INNER, nodes: [{ id: 2, type: 'T', pos: [0, 0], widgets_values: [1] }], links: [], groups: [] },
      ],
    },
  });
  const told: Change[] = [];
  doc.watch((change) => told.push(change));
  return { doc, told };
}

describe('what shows on instances', () => {
  it.each([
    ['a value inside', INNER, 'widgets_values', [2], true],
    ['a place inside', INNER, 'pos', [5, 5], false],
    ['a colour inside', INNER, 'color', '#123', false],
    ['a value outside', '', 'widgets_values', [2], false],
  ] as const)('%s', (_, scope, key, value, expected) => {
    const { doc, told } = open();
    doc.edit('change', scope, (tx) => tx.patch('node', scope === '' ? '1' : '2', { [key]: value }));
    expect(told.map(changesTypes)).toEqual([expected]);
  });

  it('is what comes, goes, and stands at the border', () => {
    const { doc, told } = open();
    doc.edit('away', INNER, (tx) => tx.put('node', '2', null));
    doc.edit('port', INNER, (tx) => tx.put('key', 'inputs', [{ name: 'a', type: 'INT' }]));
    doc.edit('group', INNER, (tx) => tx.put('group', '1', { id: 1, bounding: [0, 0, 1, 1] }));
    expect(told.map(changesTypes)).toEqual([true, true, false]);
  });

  it('is not asked again for each move of a drag', () => {
    const { doc, told } = open();
    for (let x = 0; x < 5; x += 1)
      doc.edit('move', INNER, (tx) => moveNodes(tx, new Map([['2', { x: x + 1, y: 0 }]])), 'drag');
    expect(told.some(changesTypes)).toBe(false);
  });
});

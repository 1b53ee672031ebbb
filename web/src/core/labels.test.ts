// Labels of slots.

import { expect, it } from 'vitest';
import { GraphDoc } from './doc';
import { relabel } from './labels';

it('a slot gets a label, and loses it with an empty one or its name', () => {
  const input = { name: 'clip', type: 'CLIP', link: null };
  const doc = new GraphDoc({ nodes: [{ id: 1, type: 'X', inputs: [input], outputs: [] }], version: 0.4 });
  const rows = () => doc.graph().nodes.get('1')?.['inputs'];
  const call = (label: string) => doc.edit('rename', '', (tx) => relabel(tx, '1', 'inputs', 0, label));
  call('words');
  expect(rows()).toEqual([{ ...input, label: 'words' }]);
  call('clip');
  expect(rows()).toEqual([input]);
  call('words');
  call('');
  expect(rows()).toEqual([input]);
  expect(doc.edit('rename', '', (tx) => relabel(tx, '1', 'outputs', 0, 'none'))).toBe(false);
});

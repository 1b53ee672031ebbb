// @vitest-environment happy-dom
// Texts on nodes are made higher and lower by keys.
import { beforeEach, expect, it } from 'vitest';
import { TYPES, textToImage } from '../../../e2e/fixtures/files';
import { runCommand } from '../../app/commands';
import { view } from '../../app/view';
import { GraphDoc } from '../../core/doc';
import { toggleFlag } from '../../core/edit';
import { readPoint } from '../../core/geometry';
import { type JsonObject, parseJson } from '../../core/json';
import './register';

let doc: GraphDoc;
beforeEach(() => {
  doc = new GraphDoc(parseJson(textToImage()) as JsonObject);
  view.setCatalog(new Map(TYPES.map((type) => [type.type, type])));
  view.show(doc);
});

it('a text is made higher and lower by keys, as one step, and nothing but the size changes', () => {
  const before = doc.graph().nodes.get('2');
  const steps = doc.steps.length;
  view.select(['2']);
  runCommand('texts.higher');
  runCommand('texts.higher');
  expect(doc.graph().nodes.get('2')).toEqual({ ...before, size: [400, 220] });
  expect(doc.steps).toHaveLength(steps + 1);
  for (let round = 0; round < 20; round += 1) runCommand('texts.lower');
  const height = readPoint(doc.graph().nodes.get('2')?.['size'])?.y;
  expect(height).toBe(view.scene?.layout('2')?.body.h);
  expect(height).toBeLessThan(180);
  doc.undo();
  expect(doc.graph().nodes.get('2')).toBe(before);
});

it('there is none that a command could mean where a node has none, or is pinned', () => {
  view.select(['6']);
  expect(runCommand('texts.higher')).toBe(false);
  doc.edit('pin', '', (tx) => toggleFlag(tx, ['2'], 'pinned'));
  view.select(['2']);
  expect(runCommand('texts.higher')).toBe(false);
});

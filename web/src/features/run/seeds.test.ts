// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import { GraphDoc } from '../../core/doc';
import { asArray, type JsonObject } from '../../core/json';
import { lastSeed } from '../../core/seed';
import { catalog as types } from '../../stores/catalog';
import { openTab, tabs } from '../../stores/tabs';
import { asItRuns, keepSeeds, prepareSeeds, restoreSeeds } from './seeds';

const SEED = input('seed', 'INT', { min: 0, max: 18446744073709551615n, seed_control: true });
types.setState({ types: catalog(nodeType('Sampler', [SEED, input('steps', 'INT')], ['LATENT'])) });

const raw = (control: string, seed: number | bigint = 5): JsonObject => ({
  nodes: [{ id: 1, type: 'Sampler', pos: [0, 0], widgets_values: [seed, control, 20] }],
  links: [],
  version: 0.4,
});
const doc = (control: string) => new GraphDoc(raw(control));
const valuesIn = (of: GraphDoc) => asArray(of.graph().nodes.get('1')?.['widgets_values']) ?? [];

it('is the document itself where no seed changes', () => {
  const fixed = doc('fixed');
  expect(asItRuns(fixed)).toBe(fixed);
});

it('has the seeds of the next run, and leaves the document as it is', () => {
  const counted = doc('increment');
  // The first run of a counted seed is the one that is shown.
  expect(valuesIn(asItRuns(counted))).toEqual([5, 'increment', 20]);
  prepareSeeds(counted);
  expect(valuesIn(asItRuns(counted))).toEqual([6, 'increment', 20]);
  expect(valuesIn(counted)).toEqual([5, 'increment', 20]);
  prepareSeeds(counted);
  expect(valuesIn(counted)).toEqual([6, 'increment', 20]);
});

it('are taken back where the run is refused, but for what was changed meanwhile', () => {
  const refused = doc('randomize');
  const takeBack = prepareSeeds(refused);
  expect(valuesIn(refused)[0]).not.toBe(5);
  takeBack();
  expect(valuesIn(refused)).toEqual([5, 'randomize', 20]);
  expect(lastSeed(refused, '', '1', 'seed')).toBeUndefined();
  const late = prepareSeeds(refused);
  refused.edit('other', '', (tx) => tx.patch('node', '1', { widgets_values: [7, 'fixed', 20] }));
  late();
  expect(valuesIn(refused)).toEqual([7, 'fixed', 20]);
});

it('are known after a reload, exactly, and what has run goes on', () => {
  const large = 18446744073709551000n;
  const before = openTab(raw('increment', large), { name: 'one', id: 'a' });
  openTab(raw('increment'), { name: 'two', id: 'b' });
  prepareSeeds(before.doc);
  keepSeeds(before);
  // The page is loaded again: the documents are others.
  tabs.setState({ tabs: [], active: null });
  const after = openTab(before.doc.save(), { name: 'one', id: 'a' });
  const other = openTab(raw('increment'), { name: 'two', id: 'b' });
  expect(lastSeed(after.doc, '', '1', 'seed')).toBeUndefined();
  restoreSeeds();
  expect(lastSeed(after.doc, '', '1', 'seed')).toBe(large);
  expect(lastSeed(other.doc, '', '1', 'seed')).toBeUndefined();
  prepareSeeds(other.doc);
  expect(valuesIn(other.doc)[0]).toBe(5);
  expect(valuesIn(asItRuns(after.doc))[0]).not.toBe(large);
  // What was run since then is newer than what was kept.
  prepareSeeds(after.doc);
  restoreSeeds();
  expect(lastSeed(after.doc, '', '1', 'seed')).toBe(valuesIn(after.doc)[0]);
  // What somebody else wrote there is nothing.
  localStorage.setItem('skein.seeds', '[["c", "{"], ["c"], 5]');
  const odd = openTab(raw('increment'), { name: 'odd', id: 'c' });
  restoreSeeds();
  expect(lastSeed(odd.doc, '', '1', 'seed')).toBeUndefined();
});

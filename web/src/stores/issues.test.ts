import { beforeAll, expect, it } from 'vitest';
import { catalog as catalogOf, input, nodeType } from '../../test/builders';
import { issuesOf } from '../core/issues';
import { repairsOf } from '../core/repair';
import { catalog } from './catalog';
import { followIssues, issues } from './issues';
import { activateTab, openTab } from './tabs';

const TYPES = catalogOf(
  nodeType('Take', [input('model', 'MODEL'), input('steps', 'INT', { min: 1, max: 9 })]),
);

/** Nodes of which each lacks a link, and every tenth holds what is too much. */
const graph = (count: number) => ({
  nodes: Array.from({ length: count }, (_, id) => ({
    ...{ id, type: 'Take', inputs: [{ name: 'model', type: 'MODEL', link: null }] },
    widgets_values: [id % 10 === 0 ? 99 : 5],
  })),
  links: [],
  version: 0.4,
});

beforeAll(() => {
  catalog.setState({ types: TYPES });
  followIssues();
});

const shown = () => {
  const { doc, found, repairs } = issues.getState();
  return { doc, found, repairs };
};

it.each([10, 5000])(
  'finds the same in a graph of %i nodes, whether it looks at once or in parts',
  async (count) => {
    const { doc } = openTab(graph(count), { name: `of ${count}` });
    await expect.poll(() => shown().doc, { timeout: 10_000 }).toBe(doc);
    expect(shown().found.length).toBeGreaterThan(count === 10 ? 10 : 400);
    expect(shown()).toEqual({ doc, found: issuesOf(doc, TYPES), repairs: repairsOf(doc, TYPES) });
  },
);

it('says nothing of a graph that was left meanwhile', async () => {
  const small = openTab(graph(3), { name: 'small' });
  await expect.poll(() => shown().doc).toBe(small.doc);
  const large = openTab(graph(6000), { name: 'large' });
  activateTab(small.id);
  await expect.poll(() => shown().doc).toBe(small.doc);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(shown().doc).toBe(small.doc);
  activateTab(large.id);
  await expect.poll(() => shown().doc, { timeout: 10_000 }).toBe(large.doc);
});

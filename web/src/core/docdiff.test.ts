import { describe, expect, it } from 'vitest';
import type { Catalog, NodeType } from './catalog';
import { GraphDoc } from './doc';
import { diffDocs } from './docdiff';
import { type JsonObject, parseJson, stringifyJson } from './json';

const input = (name: string, type: string) => ({
  name,
  type,
  required: true,
  is_widget: type !== 'MODEL',
  has_default: false,
  choices: null,
  choices_from: null,
  options: {},
});
const SAMPLER = {
  type: 'Sampler',
  display_name: 'Sampler',
  inputs: [input('model', 'MODEL'), input('steps', 'INT'), input('text', 'STRING')],
  outputs: [{ name: 'OUT', type: 'MODEL' }],
} as unknown as NodeType;
const CATALOG: Catalog = new Map([['Sampler', SAMPLER]]);

const node = (id: number, values: readonly (string | number)[], more: JsonObject = {}): JsonObject => ({
  id,
  type: 'Sampler',
  pos: [0, 0],
  size: [200, 100],
  inputs: [{ name: 'model', type: 'MODEL', link: null }],
  outputs: [{ name: 'OUT', type: 'MODEL', links: [] }],
  widgets_values: values,
  ...more,
});
const doc = (nodes: readonly JsonObject[], links: readonly JsonObject[] | readonly unknown[] = []) =>
  new GraphDoc(
    parseJson(stringifyJson({ nodes, links, version: 0.4 } as unknown as JsonObject)) as JsonObject,
  );
const linked = { inputs: [{ name: 'model', type: 'MODEL', link: 1 }] };

describe('diffDocs', () => {
  it('finds nothing between a document and itself as it was saved', () => {
    const nodes = [node(1, [20, 'a']), node(2, [1, 'b'], linked)];
    const links = [[1, 1, 0, 2, 0, 'MODEL']];
    expect(diffDocs(doc(nodes, links), doc(nodes, links), CATALOG)).toEqual({
      changes: [],
      added: [],
      removed: [],
      looks: 0,
    });
  });

  it('names values by their inputs, with both states', () => {
    const { changes } = diffDocs(doc([node(1, [20, 'a'])]), doc([node(1, [30, 'a'])]), CATALOG);
    expect(changes).toEqual([
      { scope: '', node: '1', title: 'Sampler', kind: 'value', input: 'steps', a: '20', b: '30' },
    ]);
  });

  it('tells nodes that came, went, moved, were renamed or muted', () => {
    const before = doc([node(1, [1, '']), node(2, [1, '']), node(3, [1, ''])]);
    const after = doc([
      node(2, [1, ''], { pos: [10, 0] }),
      node(3, [1, ''], { title: 'Mine', mode: 2 }),
      node(4, [1, '']),
    ]);
    const diff = diffDocs(before, after, CATALOG);
    expect(diff.added.map((each) => each.node)).toEqual(['4']);
    expect(diff.removed.map((each) => each.node)).toEqual(['1']);
    expect(diff.looks).toBe(1);
    expect(diff.changes.map(({ kind, a, b }) => [kind, a, b])).toEqual([
      ['title', 'Sampler', 'Mine'],
      ['mode', '0', '2'],
    ]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['collapsed', { flags: {} }, { flags: { collapsed: true } }],
    ['pinned', {}, { flags: { pinned: true } }],
    ['coloured', { color: '#222' }, { color: '#223' }],
  ])('tells that a node is %s', (_, before, after) => {
    const diff = diffDocs(doc([node(1, [1, ''], before)]), doc([node(1, [1, ''], after)]), CATALOG);
    expect(diff).toMatchObject({ changes: [], added: [], removed: [], looks: 1 });
  });

  it('tells groups that came, went or changed', () => {
    const grouped = (...titles: readonly string[]) =>
      new GraphDoc({
        ...{ nodes: [], links: [], version: 0.4 },
        groups: titles.map((title, index) => ({ id: index + 1, title, bounding: [0, 0, 100, 100] })),
      });
    expect(diffDocs(grouped('a', 'b'), grouped('a', 'c', 'd'), CATALOG).looks).toBe(2);
    expect(diffDocs(grouped('a', 'b'), grouped('a', 'b'), CATALOG).looks).toBe(0);
  });

  it('says where links come from, whatever numbers they have', () => {
    const nodes = (second: JsonObject) => [node(1, [1, '']), node(3, [1, ''], { title: 'Other' }), second];
    const before = doc(nodes(node(2, [1, ''], linked)), [[1, 1, 0, 2, 0, 'MODEL']]);
    const renumbered = { inputs: [{ name: 'model', type: 'MODEL', link: 9 }] };
    const same = doc(nodes(node(2, [1, ''], renumbered)), [[9, 1, 0, 2, 0, 'MODEL']]);
    expect(diffDocs(before, same, CATALOG).changes).toEqual([]);
    const other = doc(nodes(node(2, [1, ''], renumbered)), [[9, 3, 0, 2, 0, 'MODEL']]);
    expect(diffDocs(before, other, CATALOG).changes).toMatchObject([
      { kind: 'link', input: 'model', a: '← Sampler #1 › OUT', b: '← Other #3 › OUT' },
    ]);
    expect(diffDocs(other, doc(nodes(node(2, [1, '']))), CATALOG).changes).toMatchObject([{ b: null }]);
  });

  it('tells seeds apart that a number could not', () => {
    const seed = (value: string) =>
      new GraphDoc(
        parseJson(
          `{"nodes":[{"id":1,"type":"Sampler","pos":[0,0],"widgets_values":[${value},""]}],"links":[]}`,
        ) as JsonObject,
      );
    const { changes } = diffDocs(seed('18446744073709551615'), seed('18446744073709551614'), CATALOG);
    expect(changes).toMatchObject([{ a: '18446744073709551615', b: '18446744073709551614' }]);
  });
});

import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { linkByName, namesIn, renameNamed } from './byname';
import { GraphDoc } from './doc';
import { originOf } from './origins';
import { teleportName, teleportsOf } from './teleports';

const TYPES = catalog(nodeType('Load', [], ['MODEL', 'CLIP']), nodeType('Use', [input('model', 'MODEL')]));

function graph() {
  const use = (id: number, link: number) => ({
    ...{ id, type: 'Use', pos: [600, id * 100], size: [200, 50] },
    inputs: [{ name: 'model', type: 'MODEL', link }],
  });
  return new GraphDoc({
    nodes: [
      {
        ...{ id: 1, type: 'Load', pos: [0, 0], size: [200, 50] },
        outputs: [
          { name: 'MODEL', type: 'MODEL', links: [1, 2] },
          { name: 'CLIP', type: 'CLIP', links: [] },
        ],
      },
      use(2, 1),
      use(3, 2),
    ],
    links: [
      [1, 1, 0, 2, 0, 'MODEL'],
      [2, 1, 0, 3, 0, 'MODEL'],
    ],
    ...{ last_node_id: 3, last_link_id: 2, version: 0.4 },
  });
}

function byName(doc: GraphDoc, link: string, name: string): void {
  doc.edit('by name', '', (tx) => {
    const record = tx.graph.links.get(link);
    if (record !== undefined) linkByName(tx, record, name, TYPES);
  });
}

const names = (doc: GraphDoc) =>
  [...doc.graph().nodes.values()].map(teleportName).filter((name) => name !== '');

/** Where the value of a node's only input comes from. */
function source(doc: GraphDoc, node: string) {
  const link = [...doc.graph().links.values()].find(({ to }) => to === node);
  return link === undefined ? null : originOf(doc, [], link, TYPES);
}

describe('a link by name', () => {
  it('leads where the link led, and is one step', () => {
    const doc = graph();
    const before = doc.save();
    byName(doc, '1', 'base');
    expect(names(doc)).toEqual(['base', 'base']);
    expect(teleportsOf(doc.graph(), TYPES)).toMatchObject([{ kind: 'name', name: 'base', type: 'MODEL' }]);
    expect(source(doc, '2')).toEqual({ node: '1', slot: 0 });
    doc.undo();
    expect(doc.save()).toEqual(before);
  });

  it('of the same output is got from the node that sets it already', () => {
    const doc = graph();
    byName(doc, '1', 'base');
    byName(doc, '2', 'another');
    expect(names(doc)).toEqual(['base', 'base', 'base']);
    expect(namesIn(doc.graph(), TYPES)).toEqual([{ name: 'base', type: 'MODEL' }]);
  });

  it('has a name of its own, also where none is given', () => {
    const doc = graph();
    byName(doc, '1', ' ');
    expect(namesIn(doc.graph(), TYPES)).toEqual([{ name: 'MODEL', type: 'MODEL' }]);
  });

  it('is renamed at both ends, titles and all', () => {
    const doc = graph();
    byName(doc, '1', 'base');
    byName(doc, '2', '');
    doc.edit('rename', '', (tx) => void renameNamed(tx, 'base', 'refined', TYPES));
    expect(names(doc)).toEqual(['refined', 'refined', 'refined']);
    const titles = [...doc.graph().nodes.values()].map((node) => node['title']).filter(Boolean);
    expect(titles).toEqual(['Set_refined', 'Get_refined', 'Get_refined']);
    expect(source(doc, '3')).toEqual({ node: '1', slot: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { sharedFiles } from '../../test/corpora';
import { random } from '../../test/random';
import { GraphDoc } from './doc';
import { setValue } from './edit';
import { type Enclosed, enclose } from './enclose';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from './json';
import { lastReroutes, reroutesOf, wayOf } from './reroutes';
import { shapeOf } from './slots';
import { withDefinitions } from './subgraph';
import { unpack } from './unpack';

/** A graph without what does not matter: ids of links, the order of nodes and of links. */
function essence(doc: GraphDoc, scope = ''): string {
  const graph = doc.graph(scope);
  const ends = (id: Json | undefined, isIn: boolean) => {
    const link = graph.links.get(String(id));
    return link === undefined ? null : isIn ? `${link.from}/${link.fromSlot}` : `${link.to}/${link.toSlot}`;
  };
  const rows = (value: Json | undefined, isIn: boolean) =>
    Array.isArray(value)
      ? value.map((row: Json) => {
          if (!isObject(row)) return row;
          const { link, links, ...rest } = row;
          const held = Array.isArray(links) ? links.map((each: Json) => ends(each, isIn)).sort() : [];
          return { ...rest, at: isIn ? ends(link, true) : held };
        })
      : value;
  const nodes = [...graph.nodes]
    .map(([id, node]) => {
      const { order: _order, pos, ...rest } = node;
      const at = isObject(pos) ? [pos['0'], pos['1']] : pos;
      const near = Array.isArray(at) ? at.map((each) => Math.round(Number(each))) : null;
      return {
        ...rest,
        id,
        at: near,
        inputs: rows(node['inputs'], true),
        outputs: rows(node['outputs'], false),
      };
    })
    .sort((one, other) => one.id.localeCompare(other.id));
  const [points, last] = [reroutesOf(graph), lastReroutes(graph)];
  const links = [...graph.links.values()]
    .map((link) => {
      const way = wayOf(link.id, last, points).map(({ at }) => `${Math.round(at.x)},${Math.round(at.y)}`);
      return `${link.from}/${link.fromSlot} ${link.to}/${link.toSlot} ${link.type} ${way.join(' ')}`;
    })
    .sort();
  return stringifyJson([nodes as unknown as Json, links]);
}

/** Links of which both ends say what the table of links says; in files of people some do not. */
function isSound(doc: GraphDoc): boolean {
  const graph = doc.graph();
  const at = (id: string, side: 'inputs' | 'outputs', slot: number) => {
    const rows = graph.nodes.get(id)?.[side];
    const row: unknown = Array.isArray(rows) ? rows[slot] : undefined;
    return isObject(row) ? row : null;
  };
  const seen = new Set<string>();
  for (const link of graph.links.values()) {
    const [from, to] = [at(link.from, 'outputs', link.fromSlot), at(link.to, 'inputs', link.toSlot)];
    if (from === null || to === null || String(to['link']) !== link.id) return false;
    if (!Array.isArray(from['links']) || !from['links'].map(String).includes(link.id)) return false;
    if (link.type === '*' || typeof from['type'] !== 'string') return false;
    seen.add(link.id);
  }
  return [...graph.nodes.values()].every((node) =>
    ['inputs', 'outputs'].every((side) => {
      const rows = node[side];
      return (
        !Array.isArray(rows) ||
        rows.every((row: Json) => {
          if (!isObject(row)) return false;
          const held = side === 'inputs' ? (row['link'] == null ? [] : [row['link']]) : (row['links'] ?? []);
          return Array.isArray(held) && held.every((id: Json) => seen.has(String(id)));
        })
      );
    }),
  );
}

function open(text: string): GraphDoc {
  const raw = parseJson(text);
  return new GraphDoc(isObject(raw) ? raw : {});
}

describe('nodes into a subgraph and out of it', { timeout: 60_000 }, () => {
  it('are the same graph again, for parts of every shared file; undo takes each back', () => {
    const pick = random(11);
    let [tried, circles] = [0, 0];
    for (const { name, text } of sharedFiles('ui')) {
      const doc = open(text);
      const ids = [...doc.graph().nodes.keys()];
      if (ids.length < 3 || ids.length > 400 || !isSound(doc)) continue;
      for (let round = 0; round < 3; round += 1) {
        const some = new Set(ids.filter(() => pick(3) === 0));
        if (some.size === 0) continue;
        const [before, saved] = [essence(doc), stringifyJson(doc.save())];
        let made: Enclosed | null = null;
        doc.edit('enclose', '', (tx) => {
          made = enclose(tx, { nodes: some, groups: new Set() }, 'Part', () => `part-${tried}`);
        });
        const enclosed = made as Enclosed | null;
        if (enclosed === null || 'circle' in enclosed) {
          circles += 1;
          expect(stringifyJson(doc.save()), name).toBe(saved);
          continue;
        }
        tried += 1;
        expect(doc.graph(enclosed.scope).nodes.size).toBe(some.size);
        expect(doc.graph().nodes.size).toBe(ids.length - some.size + 1);
        // The file as it is saved is read again as it is.
        expect(open(stringifyJson(doc.save())).graph(enclosed.scope).links.size, name).toBe(
          doc.graph(enclosed.scope).links.size,
        );
        doc.edit('unpack', '', (tx) => void unpack(tx, enclosed.node, new Map()));
        expect(doc.has(enclosed.scope)).toBe(false);
        expect(essence(doc), name).toBe(before);
        doc.undo();
        doc.undo();
        expect(stringifyJson(doc.save()), name).toBe(saved);
      }
    }
    expect(tried).toBeGreaterThan(100);
    expect(circles).toBeGreaterThan(20);
  });
});

const TYPES = catalog(
  nodeType('Source', [input('size', 'INT')], ['IMAGE']),
  nodeType('Blur', [input('image', 'IMAGE'), input('radius', 'FLOAT'), input('seed', 'INT')], ['IMAGE']),
  nodeType('Save', [input('image', 'IMAGE')]),
);

function chain(): GraphDoc {
  const node = (id: number, type: string, inputs: object[], outputs: object[], values: Json[]) => ({
    ...{ id, type, pos: [id * 300, 10], size: [200, 80], mode: 0, inputs, outputs, widgets_values: values },
  });
  return open(
    JSON.stringify({
      ...{ last_node_id: 4, last_link_id: 4, groups: [{ id: 1, title: 'G', bounding: [590, 0, 500, 200] }] },
      nodes: [
        node(1, 'Source', [], [{ name: 'IMAGE', type: 'IMAGE', links: [1, 4] }], [8]),
        node(
          2,
          'Blur',
          [{ name: 'image', type: 'IMAGE', link: 1 }],
          [{ name: 'IMAGE', type: 'IMAGE', links: [2, 3] }],
          [1, 7, 'fixed'],
        ),
        node(3, 'Save', [{ name: 'image', type: 'IMAGE', link: 2 }], [], []),
        node(
          4,
          'Blur',
          [{ name: 'image', type: 'IMAGE', link: 3 }],
          [{ name: 'IMAGE', type: 'IMAGE', links: [] }],
          [2, 9, 'fixed'],
        ),
      ],
      links: [
        [1, 1, 0, 2, 0, 'IMAGE'],
        [2, 2, 0, 3, 0, 'IMAGE'],
        [3, 2, 0, 4, 0, 'IMAGE'],
        [4, 1, 0, 99, 0, 'IMAGE'],
      ],
      version: 0.4,
    }),
  );
}

function inside(doc: GraphDoc, nodes: string[], groups: string[] = []): Enclosed {
  let made: Enclosed = { circle: [] };
  doc.edit('enclose', '', (tx) => {
    made = enclose(tx, { nodes: new Set(nodes), groups: new Set(groups) }, 'Part', () => 'part');
  });
  return made;
}

describe('enclose', () => {
  it('makes one port of each output that crosses the border, and takes groups along', () => {
    const doc = chain();
    const made = inside(doc, ['2'], ['1']);
    expect(made).toEqual({ node: '5', scope: 'part' });
    expect(doc.graph().nodes.get('5')).toMatchObject({
      type: 'part',
      inputs: [{ name: 'image', type: 'IMAGE', link: 1 }],
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [2, 3] }],
    });
    expect(doc.graph('part').key('outputs')).toMatchObject([{ name: 'IMAGE', linkIds: [2] }]);
    expect(doc.graph('part').groups.size).toBe(1);
    expect(doc.graph().groups.size).toBe(0);
    const known = withDefinitions(doc, TYPES);
    expect(known.get('part')?.display_name).toBe('Part');
  });

  it('refuses what would feed itself, and says by which way', () => {
    const doc = chain();
    expect(inside(doc, ['1', '4'])).toEqual({ circle: ['1', '2', '4'] });
    expect(doc.steps).toHaveLength(0);
  });
});

describe('unpack', () => {
  it('passes on what the instance held, and keeps definitions that others use', () => {
    const doc = chain();
    inside(doc, ['2']);
    doc.edit('promote', 'part', (tx) => {
      tx.patch('node', '2', {
        inputs: [
          { name: 'image', type: 'IMAGE', link: 1 },
          { name: 'radius', type: 'FLOAT', link: 9, widget: { name: 'radius' } },
        ],
      });
      tx.put(
        'link',
        '9',
        tx.graph.writeLink({ id: '9', from: '-10', fromSlot: 1, to: '2', toSlot: 1, type: 'FLOAT' }),
      );
      const rows = tx.graph.key('inputs') as Json[];
      tx.put('key', 'inputs', [...rows, { id: 'r', name: 'radius', type: 'FLOAT', linkIds: [9] }]);
    });
    const known = withDefinitions(doc, TYPES);
    const type = known.get('part');
    if (type === undefined) throw new Error('no type');
    doc.edit('set', '', (tx) => {
      setValue(tx, '5', type, 'radius', 3.5);
      tx.put('node', '6', { ...(tx.graph.nodes.get('5') as JsonObject), id: 6, inputs: [], outputs: [] });
    });
    doc.edit('unpack', '', (tx) => void unpack(tx, '5', known));
    expect(doc.has('part')).toBe(true);
    const node = doc.graph().nodes.get('2') ?? {};
    expect(shapeOf(node, TYPES).widgets.map(({ name, value }) => [name, value])).toEqual([
      ['radius', 3.5],
      ['seed', 7],
    ]);
    expect([...doc.graph().links.values()].map((link) => `${link.from}>${link.to}`).sort()).toEqual([
      '1>2',
      '1>99',
      '2>3',
      '2>4',
    ]);
  });
});

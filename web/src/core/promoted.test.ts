import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { coreTypes } from '../../test/coreTypes';
import { sharedFiles } from '../../test/corpora';
import type { Catalog } from './catalog';
import { GraphDoc } from './doc';
import { asArray, asObject, asString, type Json, type JsonObject, parseJson } from './json';
import { namedByKind, proxiesOf } from './promoted';
import { modeOf, shapeOf, typeNameOf } from './slots';
import { INLETS, portsOf, withDefinitions } from './subgraph';
import { withValue } from './values';

const ID = 'c0ffee00-0000-4000-8000-000000000000';
const field = (name: string, type: string, link: number | null = null, more: object = {}) => ({
  ...{ name, type, link, widget: { name }, ...more },
});

/** An instance of a subgraph of a node of a type that nobody knows, and one that is known. */
function open(instance: object, port: object = {}): GraphDoc {
  const definition = {
    id: ID,
    name: 'Size',
    inputs: [
      { id: 'a', name: 'value', type: 'INT', linkIds: [1], ...port },
      { id: 'b', name: 'steps', type: 'INT', linkIds: [2] },
    ],
    outputs: [{ id: 'o', name: 'IMAGE_1', label: 'picture', type: 'IMAGE', linkIds: [] }],
    nodes: [
      {
        ...{ id: 1, type: 'Nobody', widgets_values: [512, 'euler', 7, 'fixed'] },
        inputs: [field('width', 'INT', 1), field('sampler', 'COMBO'), field('seed', 'INT')],
      },
      { id: 2, type: 'Known', inputs: [field('steps', 'INT', 2)], widgets_values: [20] },
    ],
    links: [
      { id: 1, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: 'INT' },
      { id: 2, origin_id: -10, origin_slot: 1, target_id: 2, target_slot: 0, type: 'INT' },
    ],
  };
  const nodes = [{ id: 7, type: ID, pos: [0, 0], ...instance }];
  return new GraphDoc(
    parseJson(JSON.stringify({ nodes, links: [], definitions: { subgraphs: [definition] } })) as JsonObject,
  );
}

const known = catalog(nodeType('Known', [input('steps', 'INT')]));

function shown(doc: GraphDoc) {
  const node = doc.graph('').nodes.get('7') ?? {};
  const shape = shapeOf(node, withDefinitions(doc, known));
  const widgets = shape.widgets.map(({ name, label, value }) => [name, label, value]);
  return { node, shape, widgets };
}

const proxies = (...pairs: readonly (readonly [string, string])[]) => ({
  properties: { proxyWidgets: pairs },
});

describe('what an instance of a subgraph shows', () => {
  it('is what the inside holds where it holds nothing, also for types that nobody knows', () => {
    const { widgets, shape } = shown(
      open({
        ...proxies(['1', 'width'], ['1', 'sampler'], ['2', 'steps'], ['1', 'gone']),
        widgets_values: [],
      }),
    );
    expect(widgets).toEqual([
      ['value', 'value', 512],
      ['1:sampler', 'sampler', 'euler'],
      ['steps', 'steps', 20],
      ['1:gone', 'gone', ''],
    ]);
    // What nobody knows is shown only.
    expect(shape.widgets.map(({ input: each }) => each === null)).toEqual([true, true, false, true]);
  });

  it('is what the instance holds, by proxies or by its inputs', () => {
    const held = { ...proxies(['2', 'steps'], ['1', 'width']), widgets_values: [30, 640] };
    expect(shown(open(held)).widgets.map((row) => row[2])).toEqual([30, 640]);
    expect(shown(open({ widgets_values: [640, 'randomize', 30] })).widgets.map((row) => row[2])).toEqual([
      640, 30,
    ]);
    expect(shown(open({ widgets_values: [640] })).widgets.map((row) => row[2])).toEqual([640, 20]);
  });

  it("is called by the instance's label, else the definition's", () => {
    const by = (instance: object, port: object) => shown(open(instance, port)).widgets.map((row) => row[1]);
    const own = { inputs: [field('value', 'INT', null, { label: 'mine' })] };
    for (const held of [{}, proxies(['1', 'width'], ['2', 'steps'])]) {
      expect(by(held, { label: 'turbo' })).toEqual(['turbo', 'steps']);
      expect(by({ ...held, ...own }, { label: 'turbo' })).toEqual(['mine', 'steps']);
    }
    const { shape } = shown(open({}, { label: 'turbo' }));
    expect(shape.inputs.map((slot) => slot.label)).toEqual(['turbo', 'steps']);
    expect(shape.outputs.map((slot) => slot.label)).toEqual(['picture']);
  });

  it('gives way to a link to the input, and is written where it stands', () => {
    const { node, shape } = shown(
      open({
        ...proxies(['1', 'width'], ['2', 'steps']),
        inputs: [field('steps', 'INT', 9)],
        widgets_values: [],
      }),
    );
    expect(shape.inputs.find((slot) => slot.name === 'steps')).toMatchObject({ link: '9', isWidget: true });
    expect(shape.inputs.find((slot) => slot.name === 'value')).toMatchObject({ type: 'INT', isWidget: true });
    if (shape.type === null) throw new Error('no type');
    expect(withValue(node, shape.type, 'steps', 4)).toEqual([null, 4]);
  });

  it('names values by kind where not all have a slot', () => {
    const inputs = [field('name', 'COMBO'), field('strength', 'FLOAT')];
    expect([...namedByKind({ inputs, widgets_values: ['a', 'b', 0.5, 'tail'] })]).toEqual([
      ['name', 'a'],
      ['strength', 0.5],
    ]);
    expect([...namedByKind({ widgets_values: [1] })]).toEqual([]);
  });
});

// -- all shared files: the same list is held to what the server reads (tests/engine/graph/test_promoted.py) ---------------

const LIST = fileURLToPath(new URL('../../../tests/data/promoted.json', import.meta.url));
type Rows = Record<string, Record<string, Json>>;

/** What all instances that run show, by the node inside and the name there; texts by their first letters. */
function rowsOf(types: Catalog): Rows {
  const found: Rows = {};
  for (const { name: file, text } of sharedFiles('ui')) {
    const doc = new GraphDoc(parseJson(text) as JsonObject);
    const all = withDefinitions(doc, types);
    for (const [id, node] of doc.graph('').nodes) {
      const type = all.get(typeNameOf(node));
      if (type?.promoted === undefined || modeOf(node) !== 0) continue;
      const shape = shapeOf(node, all);
      const linked = new Set(shape.inputs.filter((slot) => slot.link !== null).map((slot) => slot.name));
      for (const { name, value } of shape.widgets) {
        const place = proxiesOf(node, type)?.get(name)?.inner ?? behind(doc, typeNameOf(node), name);
        const inner = place === null ? undefined : doc.graph(typeNameOf(node)).nodes.get(place.node);
        if (place === null || inner === undefined || linked.has(name)) continue;
        if (modeOf(inner) !== 0 || doc.has(typeNameOf(inner))) continue;
        found[file] ??= {};
        Object.assign(found[file], { [`${id}:${place.node} ${place.widget}`]: brief(value) });
      }
    }
  }
  return found;
}

function behind(doc: GraphDoc, scope: string, port: string): { node: string; widget: string } | null {
  const graph = doc.graph(scope);
  const slot = portsOf(graph, 'inputs').findIndex((each) => each.name === port);
  for (const link of graph.links.values()) {
    const row = asObject(asArray(graph.nodes.get(link.to)?.['inputs'])?.[link.toSlot]);
    if (link.from === INLETS && link.fromSlot === slot && row?.['widget'] !== undefined)
      return { node: link.to, widget: asString(row['name']) ?? '' };
  }
  return null;
}

function brief(value: Json): Json {
  if (typeof value === 'string') return [...value].slice(0, 40).join('');
  return typeof value === 'bigint' ? String(value) : value;
}

describe('instances in shared files', () => {
  it('show what runs', { timeout: 60_000 }, () => {
    const rows = rowsOf(coreTypes());
    if (process.env['SKEIN_TAKE'] === '1') writeFileSync(LIST, `${JSON.stringify(rows, null, 1)}\n`);
    expect(rows).toEqual(JSON.parse(readFileSync(LIST, 'utf-8')));
  });

  it('show the same where no type is known, as far as the file says the names', { timeout: 60_000 }, () => {
    const expected = JSON.parse(readFileSync(LIST, 'utf-8')) as Rows;
    const different: string[] = [];
    let nameless = 0;
    for (const [file, rows] of Object.entries(rowsOf(new Map()))) {
      for (const [row, value] of Object.entries(rows)) {
        if (value === expected[file]?.[row]) continue;
        if (value === '') nameless += 1;
        else different.push(`${row}: ${String(value)}`);
      }
    }
    // Two numbers, one slot: nothing in the file says that the slot stands for the second.
    expect(different).toEqual(['306:289 length: 0']);
    expect(nameless).toBe(21);
  });
});

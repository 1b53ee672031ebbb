import { describe, expect, it } from 'vitest';
import { TYPES, textToImage } from '../../e2e/fixtures/files';
import { GraphDoc } from '../core/doc';
import { connect, moveNodes, toggleFlag, unlink } from '../core/edit';
import { type JsonObject, parseJson } from '../core/json';
import { removeReroute } from '../core/reroutes';
import { linksCrossing } from './gestures/knife';
import { inputRow, outputRow } from './hit';
import { Scene } from './scene';
import { LEAST_ZOOM, MOST_ZOOM, Viewport } from './viewport';

const types = new Map(TYPES.map((type) => [type.type, type]));

function open(): { doc: GraphDoc; scene: Scene } {
  const doc = new GraphDoc(parseJson(textToImage()) as JsonObject);
  const scene = new Scene(doc, '', types);
  doc.watch((change) => scene.update(change));
  return { doc, scene };
}

describe('Scene', () => {
  it('hits slots, titles, bodies, corners, links and nothing', () => {
    const { scene } = open();
    const at = (kind: 'inputs' | 'outputs', id: string, index: number) =>
      scene.layout(id)?.[kind][index] ?? { x: 0, y: 0 };
    expect(scene.hit(at('outputs', '4', 0), 1)).toEqual({ kind: 'output', node: '4', index: 0 });
    expect(scene.hit(at('inputs', '5', 2), 1)).toEqual({ kind: 'input', node: '5', index: 2 });
    expect(scene.hit({ x: 1000, y: 105 }, 1)).toEqual({ kind: 'title', node: '5' });
    expect(scene.hit({ x: 1000, y: 300 }, 1)).toEqual({ kind: 'node', node: '5' });
    expect(scene.hit({ x: 1211, y: 378 }, 1)).toEqual({ kind: 'corner', node: '5' });
    expect(scene.hit(scene.middle('9') ?? { x: 0, y: 0 }, 1)).toEqual({ kind: 'middle', link: '9' });
    expect(scene.hit({ x: -500, y: -500 }, 1)).toEqual({ kind: 'empty' });
  });

  it('knows whose row a point is on, for links that end there', () => {
    const { scene } = open();
    const rows = (id: string, x: number, y: number) => {
      const [layout, shape] = [scene.layout(id), scene.shape(id)];
      if (layout === undefined || shape === undefined) throw new Error(id);
      const at = { x: layout.body.x + x, y: layout.body.y + y };
      const [input, output] = [inputRow(layout, shape, at), outputRow(layout, shape, at)];
      return [shape.inputs[input]?.name, shape.outputs[output]?.name];
    };
    // The sampler: `model` shares its row with LATENT, below it stand other inputs, then widgets.
    expect(rows('5', 60, 14)).toEqual(['model', undefined]);
    expect(rows('5', 260, 14)).toEqual([undefined, 'LATENT']);
    expect(rows('5', 260, 54)).toEqual(['negative', undefined]);
    const steps = scene.layout('5')?.widgets.find(({ widget }) => widget.name === 'steps');
    expect(rows('5', 150, (steps?.y ?? 0) + 10 - (scene.layout('5')?.body.y ?? 0))).toEqual([
      'steps',
      undefined,
    ]);
    // All of a text is its row; the loader has outputs alone.
    expect(rows('2', 200, 120)).toEqual(['text', undefined]);
    expect(rows('1', 40, 34)).toEqual([undefined, 'CLIP']);
    expect(rows('5', 150, 255)).toEqual([undefined, undefined]);
  });

  it('hits the lower edges of texts, where they are near enough and may be dragged', () => {
    const { doc, scene } = open();
    const edge = { x: 600, y: 60 + 180 - 12 };
    expect(scene.hit(edge, 1)).toEqual({ kind: 'text', node: '2', name: 'text' });
    expect(scene.hit({ ...edge, y: edge.y + 5 }, 1)).toEqual({ kind: 'text', node: '2', name: 'text' });
    expect(scene.hit({ ...edge, y: edge.y - 6 }, 1)).toEqual({ kind: 'node', node: '2' });
    expect(scene.hit({ ...edge, x: 410 }, 1)).toEqual({ kind: 'node', node: '2' });
    expect(scene.hit(edge, 0.5)).toEqual({ kind: 'node', node: '2' });
    doc.edit('pin', '', (tx) => toggleFlag(tx, ['2'], 'pinned'));
    expect(scene.hit(edge, 1)).toEqual({ kind: 'node', node: '2' });
  });

  it('has no corner to drag where a node or a group is pinned', () => {
    const { doc, scene } = open();
    doc.edit('pin', '', (tx) => {
      toggleFlag(tx, ['5'], 'pinned');
      tx.put('group', '1', { id: 1, title: 'G', bounding: [-500, -500, 200, 100], flags: { pinned: true } });
      tx.put('group', '2', { id: 2, title: 'H', bounding: [-900, -500, 200, 100], flags: {} });
    });
    expect(scene.hit({ x: 1211, y: 378 }, 1)).toEqual({ kind: 'node', node: '5' });
    expect(scene.hit({ x: -301, y: -401 }, 1)).toEqual({ kind: 'empty' });
    expect(scene.hit({ x: -701, y: -401 }, 1)).toEqual({ kind: 'group', group: '2', isCorner: true });
  });

  it('takes hold of groups at their titles, however large these are', () => {
    const { doc, scene } = open();
    const bounding = [-500, -500, 200, 200];
    doc.edit('group', '', (tx) => tx.put('group', '1', { id: 1, title: 'G', bounding, font_size: 64 }));
    expect(scene.hit({ x: -400, y: -500 + 80 }, 1)).toEqual({ kind: 'group', group: '1', isCorner: false });
    expect(scene.hit({ x: -400, y: -500 + 95 }, 1)).toEqual({ kind: 'empty' });
    doc.edit('group', '', (tx) => tx.patch('group', '1', { font_size: 10 }));
    expect(scene.hit({ x: -400, y: -500 + 29 }, 1)).toEqual({ kind: 'group', group: '1', isCorner: false });
    expect(scene.hit({ x: -400, y: -500 + 80 }, 1)).toEqual({ kind: 'empty' });
  });

  it('follows edits and undo with what they touch', () => {
    const { doc, scene } = open();
    const before = scene.stretches('9');
    const untouched = scene.stretches('1');
    doc.edit('move', '', (tx) => moveNodes(tx, new Map([['7', { x: 2000, y: 0 }]])));
    expect(scene.stretches('9')).not.toEqual(before);
    expect(scene.stretches('1')).toBe(untouched);
    expect(scene.nodeIndex.query({ x: 1990, y: 0, w: 20, h: 20 })).toEqual(new Set(['7']));
    doc.undo();
    expect(scene.stretches('9')).toEqual(before);
    doc.edit('cut', '', (tx) => unlink(tx, '9'));
    expect(scene.stretches('9')).toEqual([]);
  });

  it.each(['straight', 'linear'] as const)('%s links are hit and cut where they are drawn', (style) => {
    const { scene } = open();
    const before = scene.stretches('7');
    scene.setLinkStyle(style);
    let reached = 0;
    for (const [id, link] of scene.graph.links) {
      const middle = scene.middle(id) ?? { x: 0, y: 0 };
      const isCovered = scene.nodeIndex.query({ ...middle, w: 1, h: 1 }).size > 0;
      if (!isCovered) expect(scene.hit(middle, 1)).toEqual({ kind: 'middle', link: id });
      if (!isCovered) reached += 1;
      const own = scene.stretches(id)[0]?.points ?? [];
      expect(own[0]).toEqual(scene.layout(link.from)?.outputs[link.fromSlot]);
    }
    expect(scene.stretches('7')).not.toEqual(before);
    expect(reached).toBeGreaterThan(5);
    scene.setLinkStyle('spline');
    expect(scene.stretches('7')).toEqual(before);
  });

  it('hits no link that is hidden', () => {
    const { scene } = open();
    const middle = scene.middle('9') ?? { x: 0, y: 0 };
    scene.showsLinks = false;
    expect(scene.hit(middle, 1)).toEqual({ kind: 'empty' });
  });

  it('knows which links carry lists', () => {
    const list = types.get('VAEDecode');
    if (list === undefined) throw new Error('no such type');
    const outputs = list.outputs.map((output) => ({ ...output, is_list: true }));
    const { doc, scene } = open();
    expect(scene.lists.size).toBe(0);
    scene.setCatalog(new Map([...types, ['VAEDecode', { ...list, outputs }]]));
    const id = [...scene.graph.links.values()].find((link) => link.from === '6')?.id ?? '';
    expect([...scene.lists]).toEqual([id]);
    doc.edit('cut', '', (tx) => unlink(tx, id));
    expect(scene.lists.size).toBe(0);
  });

  it('follows groups and points of links', () => {
    const { doc, scene } = open();
    const group = { id: 1, title: 'G', bounding: [-2000, 0, 400, 300] };
    doc.edit('group', '', (tx) => tx.put('group', '1', group));
    expect(scene.hit({ x: -1900, y: 10 }, 1)).toEqual({ kind: 'group', group: '1', isCorner: false });
    expect(scene.hit({ x: -1900, y: 100 }, 1)).toEqual({ kind: 'empty' });
    doc.edit('on top', '', (tx) => tx.put('group', '2', { ...group, id: 2 }));
    expect(scene.hit({ x: -1605, y: 295 }, 1)).toEqual({ kind: 'group', group: '2', isCorner: true });
    doc.edit('away', '', (tx) => tx.put('group', '2', null));
    expect(scene.hit({ x: -1605, y: 295 }, 1)).toEqual({ kind: 'group', group: '1', isCorner: true });
    const extra = { reroutes: [{ id: 1, pos: [850, 600] }], linkExtensions: [{ id: 6, parentId: 1 }] };
    doc.edit('point', '', (tx) => tx.put('key', 'extra', extra));
    expect(scene.hit({ x: 852, y: 598 }, 1)).toEqual({ kind: 'reroute', reroute: '1' });
    doc.undo();
    expect(scene.hit({ x: 852, y: 598 }, 1).kind).not.toBe('reroute');
  });

  it('draws links of which one end is missing, and lets go of them with their last point', () => {
    const { doc, scene } = open();
    const ends = { id: 50, origin_id: 4, origin_slot: 0, target_id: -1, target_slot: -1, type: 'LATENT' };
    const points = [
      { id: 1, pos: [900, 700], linkIds: [] },
      { id: 2, parentId: 1, pos: [1000, 800], linkIds: [], floating: { slotType: 'output' } },
    ];
    doc.edit('open', '', (tx) => {
      tx.put('key', 'extra', { reroutes: points });
      tx.put('key', 'floatingLinks', [{ ...ends, parentId: 2 }, { id: 51, parentId: 99 }, 'what']);
    });
    expect(scene.floating.map(({ from, to, type }) => [from, to, type])).toEqual([
      [{ node: '4', slot: 0 }, null, 'LATENT'],
    ]);
    const [link] = scene.floating;
    const parts = link === undefined ? [] : scene.floatingStretches(link);
    expect(parts.map(({ points: corners }) => corners.at(-1))).toEqual([
      { x: 900, y: 700 },
      { x: 1000, y: 800 },
    ]);
    expect(scene.rerouteTypes.get('2')).toBe('LATENT');
    doc.edit('shorter', '', (tx) => removeReroute(tx, '2'));
    expect(scene.floating[0]?.way.map(({ id }) => id)).toEqual(['1']);
    doc.edit('gone', '', (tx) => removeReroute(tx, '1'));
    expect(scene.floating).toEqual([]);
    doc.undo();
    doc.undo();
    expect(scene.floating[0]?.way.length).toBe(2);
  });

  it('follows what is linked by name, not what only moves', () => {
    const { doc, scene } = open();
    expect(scene.teleportsAt('20')).toEqual([]);
    doc.edit('names', '', (tx) => {
      tx.put('node', '20', { id: 20, type: 'SetNode', widgets_values: ['a'], inputs: [{ link: null }] });
      tx.put('node', '21', { id: 21, type: 'GetNode', widgets_values: ['a'], outputs: [{ type: 'MODEL' }] });
    });
    const before = scene.teleports;
    expect(scene.teleportsAt('21')).toMatchObject([{ from: '20', to: '21' }]);
    doc.edit('move', '', (tx) => moveNodes(tx, new Map([['7', { x: 0, y: 0 }]])));
    expect(scene.teleports).toBe(before);
    doc.edit('rename', '', (tx) => tx.patch('node', '21', { widgets_values: ['b'] }));
    expect(scene.teleports).toEqual([]);
  });

  it('says who shows something else when a use-everywhere node is turned off and on', () => {
    const { doc, scene } = open();
    const input = { name: 'vae', type: 'VAE', link: 98 };
    const row = { downstream: 20, downstream_slot: 0, upstream: '1', upstream_slot: 2, controller: 21 };
    doc.edit('hand out', '', (tx) => {
      tx.put('node', '20', { id: 20, type: 'VAEDecode', inputs: [input] });
      tx.put('node', '21', { id: 21, type: 'Anything Everywhere' });
      tx.put('key', 'extra', { ue_links: [row] });
    });
    expect(scene.teleportsAt('20')).toMatchObject([{ from: '1', to: '20', by: '21' }]);
    const told: string[][] = [];
    const watched = new Scene(doc, '', types);
    expect(watched.teleportsAt('20')).toHaveLength(1);
    doc.watch((change) => told.push([...watched.update(change)]));
    doc.edit('mute', '', (tx) => tx.patch('node', '21', { mode: 2 }));
    expect(watched.teleports).toEqual([]);
    doc.undo();
    expect(watched.teleportsAt('20')).toHaveLength(1);
    doc.edit('move', '', (tx) => moveNodes(tx, new Map([['1', { x: 0, y: 0 }]])));
    expect(told).toEqual([['20'], ['20'], []]);
  });

  it('gives a primitive node room for the text that it gives', () => {
    const { doc, scene } = open();
    const told: string[][] = [];
    const watched = new Scene(doc, '', types);
    doc.watch((change) => told.push([...watched.update(change)]));
    const output = { name: 'STRING', type: 'STRING', widget: { name: 'text' }, links: [] };
    doc.edit('add', '', (tx) => {
      const node = { id: 30, type: 'PrimitiveNode', pos: [0, 900], size: [290, 120] };
      tx.put('node', '30', { ...node, outputs: [output], widgets_values: ['a\nb'] });
    });
    const box = () => scene.layout('30')?.widgets[0];
    expect(box()).toMatchObject({ h: 20, widget: { input: null } });
    let link: unknown = null;
    doc.edit('link', '', (tx) => {
      link = connect(tx, { node: '30', slot: 0 }, { node: '2', input: 'text' }, types);
    });
    expect(box()).toMatchObject({ y: 926, h: 82, widget: { label: 'text', input: { multiline: true } } });
    expect(told.at(-1)).toEqual(['30']);
    doc.edit('other', '', (tx) => tx.patch('node', '2', { type: 'Gone' }));
    expect(box()).toMatchObject({ h: 20 });
    doc.undo();
    expect(box()).toMatchObject({ h: 82 });
    doc.edit('unlink', '', (tx) => unlink(tx, String(link)));
    expect(box()).toMatchObject({ h: 20 });
    expect(new Scene(doc, '', types).layout('30')).toEqual(scene.layout('30'));
  });

  it('brings to the front, and keeps what is there when others come', () => {
    const { doc, scene } = open();
    scene.raise(new Set(['1']));
    expect(scene.order.at(-1)).toBe('1');
    doc.edit('add', '', (tx) => tx.put('node', '9', { id: 9, type: 'VAEDecode', pos: [0, 0] }));
    expect(scene.order.slice(-2)).toEqual(['1', '9']);
    expect(scene.rank('9')).toBeGreaterThan(scene.rank('1'));
  });

  it('cuts what a stroke crosses', () => {
    const { scene } = open();
    expect(
      linksCrossing(scene, [
        { x: 1560, y: 0 },
        { x: 1560, y: 400 },
      ]),
    ).toEqual(['9']);
    expect(
      linksCrossing(scene, [
        { x: 1560, y: 600 },
        { x: 1560, y: 900 },
      ]),
    ).toEqual([]);
  });
});

describe('Viewport', () => {
  it('keeps what is under the pointer, within bounds', () => {
    const view = new Viewport();
    Object.assign(view, { width: 1000, height: 500 });
    const fixed = view.toGraph({ x: 300, y: 200 });
    view.zoomAt({ x: 300, y: 200 }, 1.7);
    expect(view.toScreen(fixed).x).toBeCloseTo(300);
    view.zoomAt({ x: 0, y: 0 }, 1e9);
    expect(view.zoom).toBe(MOST_ZOOM);
    view.zoomAt({ x: 0, y: 0 }, 1e-9);
    expect(view.zoom).toBe(LEAST_ZOOM);
    view.fit({ x: -100, y: 0, w: 4000, h: 1000 });
    const { area } = view;
    expect(area.x).toBeLessThan(-100);
    expect(area.x + area.w).toBeGreaterThan(3900);
  });
});

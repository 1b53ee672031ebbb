import { describe, expect, it } from 'vitest';
import { TYPES, textToImage } from '../../e2e/fixtures/files';
import { GraphDoc } from '../core/doc';
import { moveNodes, unlink } from '../core/edit';
import { type JsonObject, parseJson } from '../core/json';
import { linksCrossing } from './gestures/knife';
import { isTrackpad, wheelMeans, zoomFactor } from './gestures/wheel';
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

  it('follows edits and undo with what they touch', () => {
    const { doc, scene } = open();
    const before = scene.curves('9');
    const untouched = scene.curves('1');
    doc.edit('move', '', (tx) => moveNodes(tx, new Map([['7', { x: 2000, y: 0 }]])));
    expect(scene.curves('9')).not.toEqual(before);
    expect(scene.curves('1')).toBe(untouched);
    expect(scene.nodeIndex.query({ x: 1990, y: 0, w: 20, h: 20 })).toEqual(new Set(['7']));
    doc.undo();
    expect(scene.curves('9')).toEqual(before);
    doc.edit('cut', '', (tx) => unlink(tx, '9'));
    expect(scene.curves('9')).toEqual([]);
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

describe('the wheel', () => {
  const turn = (more: object) => ({
    deltaMode: 0,
    deltaX: 0,
    deltaY: 0,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    ...more,
  });
  it('tells mice from trackpads', () => {
    expect(isTrackpad(turn({ deltaY: 120 }))).toBe(false);
    expect(isTrackpad(turn({ deltaY: 3, deltaMode: 1 }))).toBe(false);
    expect(isTrackpad(turn({ deltaY: 4 }))).toBe(true);
    expect(isTrackpad(turn({ deltaX: 2 }))).toBe(true);
    expect(wheelMeans(turn({ deltaY: 4 }), 'auto')).toBe('pan');
    expect(wheelMeans(turn({ deltaY: 100 }), 'auto')).toBe('zoom');
    expect(wheelMeans(turn({ deltaY: 4, ctrlKey: true }), 'pan')).toBe('zoom');
    expect(zoomFactor(turn({ deltaY: -100 }))).toBeGreaterThan(1);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { TYPES, textToImage } from '../../e2e/fixtures/files';
import { GraphDoc } from '../core/doc';
import { type JsonObject, parseJson } from '../core/json';
import { GraphView, type ViewEvents } from './GraphView';
import { registerNodePictures } from './pictures';

const EVENTS = new Proxy({}, { get: () => () => {} }) as ViewEvents;
let view: GraphView;
let doc: GraphDoc;

beforeEach(() => {
  view = new GraphView(EVENTS);
  Object.assign(view.view, { width: 800, height: 600 });
  view.setCatalog(new Map(TYPES.map((type) => [type.type, type])));
  doc = new GraphDoc(parseJson(textToImage()) as JsonObject);
  view.show(doc);
});

describe('looking at a place', () => {
  const now = () => {
    const { x, y, zoom } = view.view;
    return { x, y, zoom };
  };

  it('goes there where a node is to be seen', () => {
    const place = { x: 880, y: 50, zoom: 0.8 };
    expect(view.lookAt(place)).toBe(true);
    expect(now()).toEqual(place);
    expect(view.lookAt({ ...place, zoom: 1e-9 })).toBe(true);
    expect(view.view.zoom).toBe(0.05);
  });

  it('stays where nothing would be', () => {
    const before = now();
    expect(view.lookAt({ x: 90_000, y: 0, zoom: 1 })).toBe(false);
    expect(now()).toEqual(before);
    view.show(null);
    expect(view.lookAt({ x: 0, y: 0, zoom: 1 })).toBe(false);
  });
});

describe('pictures of nodes', () => {
  const asked: string[] = [];
  let shown = 'a';
  registerNodePictures({
    ...{ id: 'test', order: 1 },
    picturesOf: (_, node) => {
      asked.push(node);
      return node === '7' ? [{ key: shown, version: 0, origin: () => shown }] : [];
    },
  });
  const keysOf = (id: string) => view.pictures.of(id).map(({ key }) => key);
  beforeEach(() => asked.splice(0));

  it('are asked for once, until they may be others', () => {
    expect([keysOf('7'), keysOf('7'), keysOf('6'), keysOf('6')]).toEqual([['a'], ['a'], [], []]);
    expect(asked).toEqual(['7', '6']);
    shown = 'b';
    view.forgetPictures('6');
    expect(keysOf('7')).toEqual(['a']);
    view.forgetPictures('7');
    expect(keysOf('7')).toEqual(['b']);
    shown = 'c';
    doc.edit('change', '', (tx) => tx.patch('node', '7', { title: 'x' }));
    expect(keysOf('7')).toEqual(['c']);
    shown = 'd';
    view.setCatalog(new Map());
    expect(keysOf('7')).toEqual(['d']);
    shown = 'e';
    view.show(doc);
    expect(keysOf('7')).toEqual(['e']);
  });
});

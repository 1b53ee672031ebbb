import { beforeEach, describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from '../core/doc';
import { Scene } from './scene';
import { SharpPictures, sidesWithin } from './sharp';
import type { Bitmap, NodePicture, Origin } from './thumbnails';

const TYPES = catalog(nodeType('Save', [input('images', 'IMAGE'), input('prefix', 'STRING')]));
/** Of the first, there is room within it; that of the second hangs below; nothing shows of the third. */
const DOC = new GraphDoc({
  nodes: [
    { id: 1, type: 'Save', pos: [0, 0], size: [400, 500], widgets_values: ['x'] },
    { id: 2, type: 'Save', pos: [600, 0], size: [300, 0], widgets_values: ['x'] },
    { id: 3, type: 'Save', pos: [900, 0], size: [300, 0], flags: { collapsed: true }, widgets_values: ['x'] },
  ],
  ...{ links: [], version: 0.4 },
});
const SCENE = new Scene(DOC, '', TYPES);

const source = {
  of: (id: string): readonly NodePicture[] => [{ key: id, version: 0, origin: (side) => `${id} at ${side}` }],
};
const closed: string[] = [];
const asked: string[] = [];
const load = async (origin: Origin, side: number): Promise<Bitmap> => {
  const name = origin instanceof Blob ? 'blob' : origin(side);
  asked.push(name);
  if (name.startsWith('gone')) throw new Error('404');
  return { width: side, height: side / 2, close: () => void closed.push(name) };
};
beforeEach(() => {
  closed.length = 0;
  asked.length = 0;
});

describe('pictures of a graph that is exported', () => {
  it('are as sharp as they are shown, and none is loaded that is not', async () => {
    const pictures = new SharpPictures(source);
    await pictures.load(SCENE, 1, load);
    expect(asked.toSorted()).toEqual(['1 at 512', '2 at 512']);
    await pictures.load(SCENE, 0.25, load);
    expect(asked.slice(2).toSorted()).toEqual(['1 at 128', '2 at 128']);
    await pictures.load(SCENE, 2, load);
    expect(asked.slice(4).toSorted()).toEqual(['1 at 1024', '2 at 1024']);
  });

  it('that hang below a node are told, as large as they are', async () => {
    const pictures = new SharpPictures(source);
    expect(pictures.hanging(SCENE)).toEqual([]);
    await pictures.load(SCENE, 1, load);
    const { body } = SCENE.layout('2') ?? { body: { x: 0, y: 0, w: 0, h: 0 } };
    expect(pictures.hanging(SCENE)).toEqual([{ x: 600, y: body.h + 6, w: 300, h: 150 }]);
  });

  it('are closed; those that cannot be had are left out', async () => {
    const pictures = new SharpPictures({
      of: (id) => [{ key: id, version: 0, origin: (side) => `${id === '1' ? 'gone' : id} at ${side}` }],
    });
    await pictures.load(SCENE, 1, load);
    const [one, two] = [...source.of('1'), ...source.of('2')] as [NodePicture, NodePicture];
    expect([pictures.take(one), pictures.take(two)?.width]).toEqual([null, 512]);
    pictures.close();
    expect(closed).toEqual(['2 at 512']);
    expect(pictures.take(two)).toBeNull();
  });

  it('are all smaller where they would be too many', () => {
    expect(sidesWithin([100, 300, 5000], 1e9)).toEqual([128, 512, 2048]);
    expect(sidesWithin([100, 1000, 1000], 2 * 1024 * 1024)).toEqual([128, 256, 256]);
    expect(sidesWithin([1000, 1000], 10)).toEqual([128, 128]);
  });
});

import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { handedOn, obstaclesTo } from './bypass';
import { GraphDoc } from './doc';
import { issuesOf } from './issues';
import type { Json, JsonObject } from './json';
import { locate, type MissingReport, missingFiles, missingTypes, putInstead } from './missing';
import { valuesOf } from './values';

const LOADER = nodeType(
  'Loader',
  [input('ckpt', 'COMBO', { choices: ['sd/base.safetensors', 'other.gguf'], choices_from: 'checkpoints' })],
  ['MODEL'],
);
const SINK = nodeType('Sink', [input('image', 'IMAGE'), input('mask', 'MASK', { required: false })]);
const types = catalog(LOADER, SINK);

type Slot = readonly [string, number | null];

function node(
  id: number,
  type: string,
  more: JsonObject = {},
  ins: readonly Slot[] = [],
  outs: readonly string[] = [],
): JsonObject {
  return {
    ...{ id, type, mode: 0, pos: [0, 0] },
    inputs: ins.map(([name, link]) => ({ name, type: name.toUpperCase(), link })),
    outputs: outs.map((name) => ({ name, type: name, links: [] })),
    ...more,
  };
}

const INNER = 'aaaa-bbbb';
const loads = (id: number, name: string, more: JsonObject = {}) =>
  node(id, 'Loader', { widgets_values: [name], ...more });

function twice(): GraphDoc {
  return new GraphDoc({
    nodes: [
      loads(1, 'base.safetensors', {
        properties: {
          models: [
            { name: 'base.safetensors', url: 'https://example.org/base', hash: 'ABC', hash_type: 'SHA256' },
            { name: 'extra.pt', url: 'javascript:alert(1)', directory: 'vae' },
            { name: 'old.ckpt', directory: 'checkpoints' },
          ],
        },
      }),
      loads(2, 'gone.ckpt'),
      loads(3, 'gone.ckpt', { mode: 4 }),
      node(4, INNER),
      node(5, 'PackNode', { properties: { cnr_id: 'some-pack', ver: '1.2', aux_id: 'me/some' } }),
      node(6, 'PackNode'),
      node(7, 'Other'),
    ],
    links: [],
    definitions: {
      subgraphs: [{ id: INNER, nodes: [loads(9, 'base.safetensors')], links: [], inputs: [], outputs: [] }],
    },
  } as unknown as JsonObject);
}

describe('missing files', () => {
  it('groups the places of one file, with what the document says of it and what comes near', () => {
    const doc = twice();
    const [base, gone, ...others] = missingFiles(doc, issuesOf(doc, types), null, types);
    expect(base).toMatchObject({
      ...{ name: 'base.safetensors', folder: 'checkpoints', url: 'https://example.org/base', sha256: 'abc' },
      ...{ nearest: ['sd/base.safetensors'], because: 'base name' },
    });
    expect(base?.spots.map(({ scope, node: id, widget }) => [scope, id, widget])).toEqual([
      ['', '1', 'ckpt'],
      [INNER, '9', 'ckpt'],
    ]);
    expect(gone?.spots.length).toBe(1);
    expect(others).toEqual([]);
  });

  it('takes in what only the server knows; an address that is none of the web is no link', () => {
    const doc = twice();
    const more = { url: 'javascript:alert(1)', sha256: '', nearest_by: null };
    const report: MissingReport = {
      missing_types: [],
      missing_models: [
        {
          ...more,
          name: 'gone.ckpt',
          folder: 'checkpoints',
          inputs: ['2.ckpt'],
          nearest: 'other.gguf',
          nearest_by: 'hash',
        },
        { ...more, name: 'extra.pt', folder: 'vae', inputs: [], nearest: null },
        // The loader that names it holds another one by now.
        { ...more, name: 'old.ckpt', folder: 'checkpoints', inputs: [], nearest: null },
      ],
    };
    const found = missingFiles(doc, issuesOf(doc, types), report, types);
    expect(found.map(({ name }) => name)).toEqual(['base.safetensors', 'gone.ckpt', 'extra.pt']);
    expect(found.map(({ isTaken }) => isTaken)).toEqual([true, false, false]);
    expect(found[1]).toMatchObject({ nearest: ['other.gguf'], because: 'hash' });
    expect(found[2]).toMatchObject({ url: '', folder: 'vae' });
    expect(found[2]?.spots.map(({ node: id }) => id)).toEqual(['1']);
  });

  it('puts another file into every place as one step', () => {
    const doc = twice();
    const [base] = missingFiles(doc, issuesOf(doc, types), null, types);
    expect(putInstead(doc, types, 'use', base?.spots ?? [], 'sd/base.safetensors')).toBe(true);
    const value = (scope: string, id: string): Json | undefined =>
      valuesOf(doc.graph(scope).nodes.get(id) ?? {}, LOADER).get('ckpt');
    expect([value('', '1'), value(INNER, '9'), value('', '2')]).toEqual([
      ...['sd/base.safetensors', 'sd/base.safetensors', 'gone.ckpt'],
    ]);
    expect(doc.steps.length).toBe(1);
    doc.undo();
    expect([value('', '1'), value(INNER, '9')]).toEqual(['base.safetensors', 'base.safetensors']);
  });

  it('finds in the document what runs call by a path', () => {
    const doc = twice();
    expect(locate(doc, '4:9.ckpt')).toMatchObject([{ scope: INNER, node: '9', widget: 'ckpt' }]);
    expect(locate(doc, '1')).toMatchObject([{ scope: '', node: '1', widget: '' }]);
    expect([...locate(doc, '4:1.x'), ...locate(doc, '99'), ...locate(doc, '1:2')]).toEqual([]);
  });
});

describe('missing types', () => {
  it('are listed with their pack, the most used first', () => {
    const doc = twice();
    const found = missingTypes(doc, issuesOf(doc, types), null);
    expect(
      found.map(({ type, pack, repository, version, spots }) => [
        type,
        pack,
        repository,
        version,
        spots.length,
      ]),
    ).toEqual([
      ['PackNode', 'some-pack', 'me/some', '1.2', 2],
      ['Other', '', '', '', 1],
    ]);
  });
});

describe('bypassing', () => {
  const graph = (nodes: JsonObject[], links: Json[]) => new GraphDoc({ nodes, links }).graph('');

  it('hands on the same place, else the first input of that type', () => {
    const odd = node(
      1,
      'X',
      {},
      [
        ['mask', 1],
        ['image', 2],
        ['image', 3],
      ],
      ['IMAGE', 'IMAGE', 'LATENT'],
    );
    expect(handedOn(odd, 0, 'IMAGE')).toBe('2');
    expect(handedOn(odd, 1, 'IMAGE')).toBe('2');
    expect(handedOn(odd, 2, 'LATENT')).toBeNull();
    expect(handedOn(odd, 0, '*')).toBe('2');
  });

  it('is in nobody’s way where the types allow it, also through others', () => {
    const whole = graph(
      [
        node(1, 'Gone', {}, [['image', 1]], ['IMAGE']),
        node(2, 'Gone', {}, [['image', 2]], ['IMAGE']),
        node(3, 'Sink', {}, [['image', 3]]),
        node(9, 'Source', {}, [], ['IMAGE']),
      ],
      [
        [1, 9, 0, 1, 0, 'IMAGE'],
        [2, 1, 0, 2, 0, 'IMAGE'],
        [3, 2, 0, 3, 0, 'IMAGE'],
      ],
    );
    expect(obstaclesTo(whole, new Set(['1', '2']), types).size).toBe(0);
  });

  it('names the node that has nothing to hand on, and who needs it', () => {
    const lacking = graph(
      [
        node(1, 'Gone', {}, [], ['IMAGE', 'MASK']),
        node(2, 'Gone', {}, [['image', 2]], ['IMAGE']),
        node(3, 'Sink', { title: 'Save' }, [
          ['image', 3],
          ['mask', 4],
        ]),
        node(5, 'Gone', {}, [], ['MASK']),
      ],
      [
        [2, 1, 0, 2, 0, 'IMAGE'],
        [3, 2, 0, 3, 0, 'IMAGE'],
        [4, 5, 0, 3, 1, 'MASK'],
      ],
    );
    const found = obstaclesTo(lacking, new Set(['1', '2', '5']), types);
    expect([...found.values()]).toEqual([{ node: '1', type: 'IMAGE', consumer: 'Save', input: 'image' }]);
  });
});

// @vitest-environment happy-dom
// The element of a node stands and looks as geometry.ts says; what it shows follows the document.

import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import { GraphDoc } from '../../core/doc';
import type { Json, JsonObject } from '../../core/json';
import { GraphView, type ViewEvents } from '../GraphView';
import { setBlockedNodes } from './blocked';
import { editValue } from './edits';
import { NodeView } from './NodeView';
import { setNodeTimes } from './times';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const nothing = () => {};
const EVENTS = new Proxy({}, { get: () => nothing }) as ViewEvents;
const TYPES = catalog(
  nodeType(
    'Sampler',
    [
      input('model', 'MODEL'),
      input('mask', 'MASK', { required: false }),
      input('seed', 'INT', { min: 0, max: 18446744073709551615n, seed_control: true }),
      input('text', 'STRING', { multiline: true }),
    ],
    ['LATENT'],
  ),
  { ...nodeType('Old', [], ['IMAGE']), deprecated: true },
  nodeType('Loader', [
    input('name', 'COMBO', { choices: ['a', 'b'] }),
    input('fast', 'BOOLEAN', { has_default: true, default: false, options: { advanced: true } }),
  ]),
);

let root: Root;
let box: HTMLElement;
let view: GraphView;

beforeEach(() => {
  box = document.createElement('div');
  document.body.append(box);
  root = createRoot(box);
});

afterEach(async () => {
  await act(async () => root.unmount());
  box.remove();
});

async function show(...nodes: Json[]): Promise<GraphDoc> {
  return showFile({ nodes, links: [], version: 0.4 });
}

async function showFile(file: JsonObject): Promise<GraphDoc> {
  const doc = new GraphDoc(file);
  view = new GraphView(EVENTS);
  view.setCatalog(TYPES);
  view.show(doc);
  const ids = [...doc.graph().nodes.keys()];
  await act(async () => root.render(ids.map((id) => <NodeView key={id} view={view} id={id} />)));
  return doc;
}

function element(id = '1'): HTMLElement {
  const found = box.querySelector<HTMLElement>(`[data-node="${id}"]`);
  if (found === null) throw new Error('no node');
  return found;
}

const SAMPLER: JsonObject = {
  id: 1,
  type: 'Sampler',
  pos: [100, 200],
  size: [300, 260],
  inputs: [{ name: 'model', type: 'MODEL', link: null }],
  outputs: [{ name: 'LATENT', type: 'LATENT', links: [] }],
  widgets_values: [18446744073709551615n, 'fixed', 'a red fox'],
};

describe('a shared value', () => {
  it('is what it gives: a text that can be written, under a name that says so', async () => {
    const inputs = [{ name: 'text', type: 'STRING', link: 5, widget: { name: 'text' } }];
    const output = { name: 'STRING', type: 'STRING', widget: { name: 'text' }, links: [5] };
    const giver = { id: 2, type: 'PrimitiveNode', pos: [0, 0], size: [290, 120], outputs: [output] };
    const doc = await showFile({
      nodes: [
        { ...SAMPLER, inputs },
        { ...giver, widgets_values: ['one\n\ntwo'] },
      ],
      links: [[5, 2, 0, 1, 0, 'STRING']],
    });
    expect(element('2').querySelector('h3')?.textContent).toBe('Shared value');
    expect(element('1').querySelector('[data-widget="text"]')?.textContent).toContain('from Shared value');
    const text = element('2').querySelector('textarea');
    expect(text?.value).toBe('one\n\ntwo');
    expect(text?.readOnly).toBe(false);
    expect(element('2').querySelector<HTMLElement>('[data-widget="0"]')?.style.height).toBe('82px');
    await act(async () => editValue(view, '2', '0', 'three'));
    expect(doc.graph().nodes.get('2')?.['widgets_values']).toEqual(['three']);
  });
});

describe('what is handed to a node', () => {
  it('is as if it were linked: inputs, and widgets with where their values come from', async () => {
    const handed = { downstream: 1, upstream: '2', controller: 3 };
    const seed = { name: 'seed', type: 'INT', link: null, widget: { name: 'seed' } };
    const sampler = { ...SAMPLER, inputs: [{ name: 'model', type: 'MODEL', link: 77 }, seed] };
    const doc = await show(
      sampler,
      {
        id: 2,
        type: 'Old',
        title: 'Giver',
        pos: [0, 0],
        outputs: [{ name: 'MODEL', type: 'MODEL', links: [] }],
      },
      { id: 3, type: 'Anything Everywhere', pos: [0, 400], inputs: [{ name: 'a', type: '*', link: 9 }] },
    );
    const row = () => element().querySelector('[data-input="model"]')?.getAttribute('aria-label');
    expect(row()).toContain('not linked');
    expect(element('3').textContent).toContain('Missing');
    const rows = [0, 1].map((slot) => ({ ...handed, downstream_slot: slot, upstream_slot: 0 }));
    await act(async () => doc.edit('hand', '', (tx) => tx.put('key', 'extra', { ue_links: rows })));
    expect(row()).not.toContain('not linked');
    expect(element().querySelector('[data-widget="seed"]')?.textContent).toContain('from Giver');
    await act(async () => view.mounts.touch('3'));
    expect(element('3').textContent).not.toContain('Missing');
    await act(async () => doc.edit('off', '', (tx) => tx.patch('node', '3', { mode: 4 })));
    expect(row()).toContain('not linked');
    expect(element().querySelector('[data-widget="seed"]')?.textContent).not.toContain('from Giver');
  });
});

describe('NodeView', () => {
  it('stands where geometry says', async () => {
    await show(SAMPLER);
    expect(element().style.transform).toBe('translate(100px, 170px)');
    expect([element().style.width, element().style.height]).toEqual(['300px', '290px']);
    const rows = [...element().querySelectorAll<HTMLElement>('[data-widget]')];
    const places = view.scene?.layout('1')?.widgets.map((place) => [`${place.y - 200}px`, `${place.h}px`]);
    expect(rows.map((row) => [row.style.top, row.style.height])).toEqual(places);
  });

  it('has texts with an edge to drag, unless a link gives them or the node is pinned', async () => {
    const text = { name: 'text', type: 'STRING', link: 9, widget: { name: 'text' } };
    await show(
      SAMPLER,
      { ...SAMPLER, id: 2, flags: { pinned: true } },
      { ...SAMPLER, id: 3, inputs: [text] },
    );
    const edges = (id: string) =>
      [...element(id).querySelectorAll<HTMLElement>('[data-text-edge]')].map(
        (edge) => edge.dataset['textEdge'],
      );
    expect([edges('1'), edges('2'), edges('3')]).toEqual([['text'], [], []]);
  });

  it('says everything in words', async () => {
    await show(SAMPLER);
    expect(element().getAttribute('aria-label')).toBe('Node Sampler, Sampler');
    const words = [...element().querySelectorAll('li')].map((slot) => slot.getAttribute('aria-label'));
    expect(words).toEqual([
      'Input model, MODEL, not linked',
      'Input mask, MASK, not linked, optional',
      'Output LATENT, LATENT',
    ]);
    expect(element().textContent).toContain('18446744073709551615');
  });

  it('follows edits, and writes what is typed as one step', async () => {
    const doc = await show(SAMPLER);
    await act(async () => void doc.edit('title', '', (tx) => tx.patch('node', '1', { title: 'Mine' })));
    expect(element().querySelector('h3')?.textContent).toBe('Mine');
    const area = element().querySelector('textarea');
    for (const text of ['a red fox,', 'a red fox, r', 'a red fox, ru']) {
      await act(async () => {
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(area, text);
        area?.dispatchEvent(new Event('input', { bubbles: true }));
      });
    }
    expect(doc.graph().nodes.get('1')?.['widgets_values']).toEqual([
      18446744073709551615n,
      'fixed',
      'a red fox, ru',
    ]);
    expect(doc.steps).toHaveLength(2);
  });

  it('keeps the data of a node that nobody knows, and says where it came from', async () => {
    await show({
      id: 1,
      type: 'Gone',
      pos: [0, 0],
      widgets_values: ['x', 3],
      properties: { cnr_id: 'some-pack' },
    });
    expect(element().textContent).toContain('Missing');
    expect(element().textContent).toContain('some-pack');
    expect(element().querySelectorAll('[data-widget]')).toHaveLength(2);
  });

  it('shows modes, colours, age and collapse', async () => {
    await show(
      { ...SAMPLER, mode: 2 },
      { ...SAMPLER, id: 2, color: '#223', bgcolor: '#335' },
      { id: 3, type: 'Old', pos: [0, 0] },
      { ...SAMPLER, id: 4, flags: { collapsed: true } },
    );
    expect(element('1').textContent).toContain('Muted');
    expect(element('2').dataset['ink']).toBe('light');
    expect(element('3').textContent).toContain('Deprecated');
    expect(element('4').querySelector('[data-widget]')).toBeNull();
    expect(element('4').querySelector('button')?.getAttribute('aria-expanded')).toBe('false');
  });

  it('says its number and its pack to those who want to see them', async () => {
    const properties = { cnr_id: 'a-pack' };
    await show(
      { id: 4, type: 'Loader', pos: [0, 0], size: [200, 80], widgets_values: ['a'] },
      { id: 5, type: 'Elsewhere', pos: [0, 0], size: [200, 80], properties },
    );
    expect(element('4').textContent).not.toContain('#4');
    await act(async () => view.setPreferences({ showsIds: true, showsPacks: true }));
    expect(element('4').querySelector('header')?.textContent).toContain('#4');
    expect(element('4').querySelector('[title="Number of this node: 4"]')).not.toBeNull();
    expect(element('4').querySelector('header')?.textContent).toContain('Built in');
    expect(element('5').querySelector('[title="Comes from: a-pack"]')?.textContent).toBe('a-pack');
    await act(async () => view.setPreferences({ showsIds: false, showsPacks: false }));
    expect(element('4').querySelector('header')?.textContent).not.toContain('#4');
  });

  it('runs no markup of a file', async () => {
    await show({
      ...SAMPLER,
      title: '<img src=x onerror=alert(1)>',
      bgcolor: 'url(https://elsewhere.example/a.png)',
    });
    expect(element().querySelector('h3 img')).toBeNull();
    expect(element().getAttribute('style')).not.toContain('elsewhere');
  });

  it('folds what is rarely needed, keeps the file as it is, and shows what is edited', async () => {
    const doc = await show({ id: 1, type: 'Loader', pos: [0, 0], widgets_values: ['a', false] });
    const rows = () =>
      [...element().querySelectorAll<HTMLElement>('[data-widget]')].map((row) => row.dataset['widget']);
    const fold = () => [...element().querySelectorAll<HTMLElement>('button[aria-expanded]')].at(-1);
    expect(rows()).toEqual(['name']);
    expect(fold()?.textContent).toContain('1 more');
    await act(async () => fold()?.click());
    expect(rows()).toEqual(['name', 'fast']);
    expect(doc.graph().nodes.get('1')?.['showAdvanced']).toBe(true);
    await act(async () => fold()?.click());
    expect(rows()).toEqual(['name']);
    await act(async () => void doc.undo());
    await act(async () => void doc.undo());
    expect(doc.graph().nodes.get('1')).not.toHaveProperty('showAdvanced');
    // Set to its default again where it stood alone, it stays.
    await act(async () => editValue(view, '1', 'fast', true));
    expect(rows()).toEqual(['name', 'fast']);
    expect(doc.graph().nodes.get('1')).not.toHaveProperty('showAdvanced');
    await act(async () => editValue(view, '1', 'fast', false));
    expect(rows()).toEqual(['name', 'fast']);
  });

  it('says before a run that it will run, or what blocks it', async () => {
    await show(SAMPLER);
    await act(async () => view.setMark('1', 'planned'));
    expect(element().querySelector('[title="will run"]')).not.toBeNull();
    setBlockedNodes(new Map([['1', { why: 'A model is missing.', isCause: true }]]));
    await act(async () => view.setMark('1', 'blocked'));
    expect(element().querySelector('[title="A model is missing."]')?.textContent).toBe('blocked');
    setBlockedNodes(new Map([['1', { why: 'A model is missing.', isCause: false }]]));
    await act(async () => view.mounts.touch('1'));
    const badge = element().querySelector('[title="It needs what cannot run. A model is missing."]');
    expect(badge?.textContent).toBe('blocked');
    setBlockedNodes(new Map());
  });

  it('says how long it took, and how it went', async () => {
    await show(SAMPLER);
    setNodeTimes(new Map([['1', 3.21]]));
    await act(async () => view.setMark('1', 'skipped'));
    expect(element().querySelector('header')?.textContent).toContain('3.2 s');
    expect(element().textContent).toContain('not run, as nothing needed it');
    setNodeTimes(new Map());
  });
});

// @vitest-environment happy-dom
// A shared value is set in the panel of properties as on its node: where it is linked to something that says what it is.

import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import { view } from '../../app/view';
import { GraphDoc } from '../../core/doc';
import type { Json } from '../../core/json';
import { Inspector } from './Inspector';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const TYPES = catalog(
  nodeType('Sample', [input('name', 'STRING'), input('steps', 'INT', { min: 1, max: 50 })]),
);

function shared(id: number, type: string, values: Json[], links: number[]): Json {
  return {
    ...{ id, type: 'PrimitiveNode', pos: [0, 0], size: [210, 82], inputs: [], widgets_values: values },
    outputs: [{ name: type, type, widget: { name: 'x' }, links }],
  };
}

let root: Root;
let box: HTMLElement;
let doc: GraphDoc;

beforeEach(() => {
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  const slot = (name: string, type: string, link: number) => ({ name, type, link, widget: { name } });
  doc = new GraphDoc({
    nodes: [
      {
        ...{ id: 1, type: 'Sample', pos: [300, 0], widgets_values: ['own', 5] },
        inputs: [slot('name', 'STRING', 1), slot('steps', 'INT', 2)],
      },
      shared(2, 'STRING', ['a fox'], [1]),
      shared(3, 'INT', [20, 'fixed'], [2]),
      shared(4, 'INT', [7, 'fixed'], []),
    ],
    links: [
      [1, 2, 0, 1, 0, 'STRING'],
      [2, 3, 0, 1, 1, 'INT'],
    ],
    version: 0.4,
  });
  view.setCatalog(TYPES);
  view.show(doc);
});

afterEach(async () => {
  await act(async () => root.unmount());
  box.remove();
});

async function inspect(...ids: string[]): Promise<void> {
  view.select(ids);
  await act(async () => root.render(<Inspector />));
}

it('a text is written anew, as one step', async () => {
  await inspect('2');
  const field = box.querySelector<HTMLInputElement>('#inspect-2-0');
  expect(field?.readOnly).toBe(false);
  expect(box.querySelector('label[for="inspect-2-0"]')?.textContent).toBe('name');
  for (const text of ['a fox,', 'a fox, red'])
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
      field?.dispatchEvent(new Event('input', { bubbles: true }));
    });
  expect(doc.graph().nodes.get('2')?.['widgets_values']).toEqual(['a fox, red']);
  expect(doc.steps).toHaveLength(1);
  doc.undo();
  expect(doc.graph().nodes.get('2')?.['widgets_values']).toEqual(['a fox']);
});

it('a number has the limits of what takes it, and what happens to it is chosen', async () => {
  await inspect('3');
  const field = box.querySelector<HTMLElement>('[role="spinbutton"]');
  expect([field?.getAttribute('aria-valuemin'), field?.getAttribute('aria-valuemax')]).toEqual(['1', '50']);
  await act(async () => {
    field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
  });
  expect(doc.graph().nodes.get('3')?.['widgets_values']).toEqual([21, 'fixed']);
  expect(box.querySelector('[role="combobox"]')).not.toBeNull();
});

it('one that nothing takes is shown as it is', async () => {
  await inspect('4');
  expect(box.querySelector('[id^="inspect-"], [role="spinbutton"]')).toBeNull();
  expect(box.textContent).toContain('7');
});

it('a group has its title, the size of that and its colour here', async () => {
  doc.edit('group', '', (tx) =>
    tx.put('group', '1', { title: 'Mine', bounding: [0, 0, 400, 200], color: '#3f789e', font_size: 24 }),
  );
  const [id] = doc.graph().groups.keys();
  const group = () => doc.graph().groups.get(id ?? '');
  view.select([], [id ?? '']);
  await act(async () => root.render(<Inspector />));
  const title = box.querySelector<HTMLInputElement>('input');
  expect(title?.value).toBe('Mine');
  await act(async () => {
    if (title === null) return;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(title, 'Yours');
    title.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await act(async () => void title?.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
  expect(group()?.['title']).toBe('Yours');
  const size = box.querySelector<HTMLSelectElement>('select');
  expect(size?.value).toBe('24');
  await act(async () => {
    if (size === null) return;
    size.value = '48';
    size.dispatchEvent(new Event('change', { bubbles: true }));
  });
  expect(group()?.['font_size']).toBe(48);
  const swatch = (name: string) => box.querySelector<HTMLElement>(`[aria-label="Colour ${name}"]`);
  expect(swatch('None')?.getAttribute('aria-pressed')).toBe('true');
  await act(async () => swatch('Green')?.click());
  expect(group()?.['color']).toBe('#88aa88');
  await act(async () => root.render(<Inspector key="again" />));
  expect(swatch('Green')?.getAttribute('aria-pressed')).toBe('true');
});

// @vitest-environment happy-dom
// Tips of slots and values, and the way from them to the page of a node.
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TYPES, textToImage } from '../../../e2e/fixtures/files';
import { runCommand } from '../../app/commands';
import { help, wantHelp } from '../../app/help';
import { setCanvasHost, view } from '../../app/view';
import { GraphDoc } from '../../core/doc';
import { type JsonObject, parseJson } from '../../core/json';
import { layout, openPanel } from '../../stores/layout';
import { Tips, tipOf } from './Tips';
import '../inspector/register';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let root: Root;
let host: HTMLElement;

const SAMPLER = '5';

beforeEach(async () => {
  vi.useFakeTimers();
  document.body.innerHTML = `<div id="host"><section data-node="${SAMPLER}">
    <span data-input="steps"><input id="field"></span><span data-input="cfg"></span><span data-output="LATENT"></span>
    </section></div><div id="root"></div>`;
  host = document.querySelector<HTMLElement>('#host') ?? document.body;
  setCanvasHost(host);
  view.setCatalog(new Map(TYPES.map((type) => [type.type, type])));
  view.show(new GraphDoc(parseJson(textToImage()) as JsonObject));
  Object.assign(view.view, { zoom: 1, x: 0, y: 0, width: 1000, height: 800 });
  openPanel('right', null);
  wantHelp(null);
  root = createRoot(document.querySelector('#root') ?? document.body);
  await act(async () => root.render(<Tips />));
});

afterEach(async () => {
  await act(async () => root.unmount());
  setCanvasHost(null);
  vi.useRealTimers();
});

const over = (target: Element | null, more: PointerEventInit = {}, kind = 'pointerover') =>
  act(async () => void target?.dispatchEvent(new PointerEvent(kind, { bubbles: true, ...more })));
const wait = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));
const tip = () => document.querySelector('[role="tooltip"]')?.textContent ?? null;
const at = (name: string) => host.querySelector(`[data-input="${name}"]`);
const link = () => document.querySelector('#root button');

describe('a tip', () => {
  it('says name, type, range and default once the pointer has rested', async () => {
    await over(at('steps'));
    await wait(500);
    expect(tip()).toBeNull();
    await wait(200);
    expect(tip()).toMatch(/^stepsINT.*0 to 10000.*default 20/);
    await over(host);
    await wait(400);
    expect(tip()).toBeNull();
  });

  it('stays while the pointer goes to what it offers, which leads to the page of the node', async () => {
    await over(at('steps'));
    await wait(700);
    await over(at('cfg'));
    await wait(100);
    await over(link());
    await wait(5000);
    expect(tip()).toMatch(/^steps/);
    await over(link(), {}, 'pointerdown');
    await act(async () => document.querySelector<HTMLElement>('#root button')?.focus());
    expect(link()?.textContent).toBe('About KSamplerF1');
    await act(async () => document.querySelector<HTMLElement>('#root button')?.click());
    expect(tip()).toBeNull();
    expect(help.getState().wanted).toMatchObject({ node: SAMPLER, slot: { side: 'input', name: 'steps' } });
    expect([...view.selected]).toEqual([SAMPLER]);
    expect(layout.getState().open.right).toBe('inspector');
  });

  it('goes over to the next slot, and away with a press or a key', async () => {
    await over(at('steps'));
    await wait(700);
    await over(at('cfg'));
    await wait(400);
    expect(tip()).toBeNull();
    await wait(600);
    expect(tip()).toMatch(/^cfgFLOAT/);
    await act(async () => void document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' })));
    expect(tip()).toBeNull();
  });

  it('is told to who is in a field', async () => {
    const field = host.querySelector<HTMLElement>('#field');
    await act(async () => field?.focus());
    await wait(700);
    const id = field?.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(id)?.textContent).toMatch(/^steps/);
    await act(async () => field?.blur());
    await over(host, {}, 'pointerdown');
    expect(field?.hasAttribute('aria-describedby')).toBe(false);
  });

  it('is there for painted nodes, too, as long as their slots are', async () => {
    const place = view.scene?.layout(SAMPLER);
    const [slot, row] = [place?.inputs[0], place?.widgets[1]];
    if (place === undefined || slot === undefined || row === undefined) throw new Error('no layout');
    view.view.zoom = 0.5;
    Object.assign(view.view, { x: place.box.x - 100, y: place.box.y - 100 });
    const move = (x: number, y: number) => {
      const screen = view.view.toScreen({ x, y });
      return over(host, { clientX: screen.x, clientY: screen.y }, 'pointermove');
    };
    await move(slot.x, slot.y);
    await wait(700);
    expect(tip()).toMatch(/^modelMODEL/);
    await move(place.body.x + 80, row.y + 8);
    await wait(1100);
    expect(tip()?.startsWith(row.widget.name)).toBe(true);
    view.view.zoom = 0.2;
    await over(host, {}, 'wheel');
    await move(slot.x, slot.y);
    await wait(2000);
    expect(tip()).toBeNull();
  });
});

it('says what outputs give', () => {
  expect(tipOf({ node: SAMPLER, slot: { side: 'output', name: 'LATENT' } })).toMatchObject({
    ...{ name: 'LATENT', type: 'LATENT', title: 'KSampler' },
  });
  expect(tipOf({ node: 'gone', slot: { side: 'output', name: 'LATENT' } })).toBeNull();
});

describe('the page of a node', () => {
  const isOpen = () => layout.getState().open.right === 'inspector';

  it('is opened for the one selected node, and closed again', () => {
    expect(runCommand('nodes.help')).toBe(false);
    view.select([SAMPLER]);
    expect(runCommand('nodes.help')).toBe(true);
    expect(isOpen()).toBe(true);
    expect(help.getState().wanted).toEqual({ node: SAMPLER, slot: null });
    runCommand('nodes.help');
    expect(isOpen()).toBe(false);
    runCommand('nodes.help');
    view.select(['4']);
    expect(help.getState().wanted).toBeNull();
    view.select([SAMPLER, '4']);
    expect(runCommand('nodes.help')).toBe(false);
  });

  it('is opened at the input that has the keyboard', () => {
    host.querySelector<HTMLElement>('#field')?.focus();
    expect(runCommand('nodes.helpHere')).toBe(true);
    expect(help.getState().wanted?.slot).toEqual({ side: 'input', name: 'steps' });
  });
});

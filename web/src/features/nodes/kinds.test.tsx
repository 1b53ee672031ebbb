// @vitest-environment happy-dom
// What is shown on a node of what it gave, by the key it gave it under.
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ui } from '../../api/types';
import { shownResults } from './kinds';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const LOOK = { pixels: 300, hangs: false };

let root: Root;
let box: HTMLElement;

beforeEach(() => {
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
});

afterEach(async () => {
  await act(async () => root.unmount());
  box.remove();
});

const show = (results: Ui) => act(async () => root.render(shownResults(results, LOOK)));
const files = (...names: string[]) =>
  names.map((filename) => ({ filename, subfolder: 'x', type: 'temp' }) as const);
const shownFiles = () =>
  [...box.querySelectorAll('img')].map((each) => new URL(each.src, 'http://a').searchParams.get('filename'));

describe('pictures to compare', () => {
  it('lie over each other, with an edge that keys move', async () => {
    await show({ a_images: files('a.png'), b_images: files('b.png') });
    expect(shownFiles()).toEqual(['b.png', 'a.png']);
    const edge = box.querySelector<HTMLInputElement>('input[type="range"]');
    expect(edge?.getAttribute('aria-label')).toBe('Edge between A and B');
    expect(edge?.getAttribute('aria-valuetext')).toBe('A 50 %');
    // Every pixel counts here: nothing is made smaller on the way.
    expect(box.querySelector('img')?.src).not.toContain('preview');
    const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    await act(async () => {
      if (edge === null) return;
      write?.call(edge, '20');
      edge.dispatchEvent(new Event('input', { bubbles: true }));
      edge.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(edge?.getAttribute('aria-valuetext')).toBe('A 20 %');
    expect(edge?.parentElement?.style.getPropertyValue('--at')).toBe('20%');
    expect(box.querySelector('button')).toBeNull();
  });

  it('come pair by pair; the last of the shorter batch stays', async () => {
    await show({ a_images: files('a1.png', 'a2.png'), b_images: files('b1.png') });
    const next = () => box.querySelector('button');
    expect(next()?.textContent).toBe('Pair 1 of 2');
    await act(async () => next()?.click());
    expect(shownFiles()).toEqual(['b1.png', 'a2.png']);
    await act(async () => next()?.click());
    expect(shownFiles()).toEqual(['b1.png', 'a1.png']);
  });

  it('are just pictures where one side has none', async () => {
    await show({ a_images: [], b_images: files('b.png') });
    expect(shownFiles()).toEqual(['b.png']);
    expect(box.querySelector('input')).toBeNull();
  });
});

it('shows up to four pictures, else texts, else nothing', async () => {
  await show({ images: files('1', '2', '3', '4', '5'), text: ['words'] });
  expect(shownFiles()).toEqual(['1', '2', '3', '4']);
  expect(box.textContent).toBe('1 more');
  expect(box.querySelector('img')?.src).toContain('preview');
  expect(box.querySelector('img')?.src).toContain('size=512');
  await show({ text: ['one', 2] });
  expect(box.querySelector('pre')?.textContent).toBe('one\n2');
  expect(shownResults({ a_images: [], b_images: [], latents: files('x') }, LOOK)).toBeNull();
  expect(shownResults(null, LOOK)).toBeNull();
});

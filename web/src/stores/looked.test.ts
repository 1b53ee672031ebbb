// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest';
import { keepLook, lookOf } from './looked';
import { closeTab, openTab, tabOf, updateTab } from './tabs';

const LOOK = { x: 3, y: 4, zoom: 0.7, scope: '', selected: ['1'] };
const raw = () => ({ nodes: [{ id: 1, type: 'A', pos: [0, 0] }], links: [], version: 0.4 });

beforeEach(() => localStorage.clear());

it('a saved file opens where it was left, with nothing selected', () => {
  const first = openTab(raw(), { name: 'one', path: 'one.json' });
  expect(first.view).toBeNull();
  updateTab(first.id, { view: LOOK });
  closeTab(first.id);
  const again = openTab(raw(), { name: 'one', path: 'one.json' });
  expect(tabOf(again.id)?.view).toEqual({ ...LOOK, selected: [], kept: [] });
  expect(openTab(raw(), { name: 'one' }).view).toBeNull();
  const draft = { ...LOOK, zoom: 2 };
  expect(openTab(raw(), { name: 'one', path: 'one.json', view: draft }).view).toEqual(draft);
});

it('the last two hundred are kept', () => {
  for (let number = 0; number < 202; number += 1) keepLook(`${number}`, { ...LOOK, x: number });
  keepLook('5', LOOK);
  expect([lookOf('0'), lookOf('1')]).toEqual([null, null]);
  expect(lookOf('2')?.x).toBe(2);
  expect(lookOf('5')?.x).toBe(3);
});

it('what is no list is nothing', () => {
  for (const text of ['{', '{"a":1}', '7']) {
    localStorage.setItem('skein.looked', text);
    expect(lookOf('a')).toBeNull();
  }
});

import { describe, expect, it } from 'vitest';
import { keysOf, normalizeKeys, type Pressed } from './keys';

function pressed(key: string, code: string, held = ''): Pressed {
  const has = (name: string) => held.includes(name);
  return { key, code, ctrlKey: has('C'), metaKey: has('M'), altKey: has('A'), shiftKey: has('S') };
}

describe('keysOf', () => {
  it.each([
    ['k', 'KeyK', 'C', 'Ctrl+K'],
    ['K', 'KeyK', 'CS', 'Ctrl+Shift+K'],
    ['k', 'KeyK', 'M', 'Ctrl+K'],
    ['Enter', 'Enter', 'CS', 'Ctrl+Shift+Enter'],
    ['.', 'Period', '', '.'],
    [':', 'Period', 'S', ':'],
    ['=', 'Equal', 'A', 'Alt+='],
    [' ', 'Space', '', 'Space'],
    ['Delete', 'Delete', '', 'Del'],
    ['`', 'Backquote', 'C', 'Ctrl+`'],
    // By the letter on a French keyboard, by the place on a Russian one.
    ['a', 'KeyQ', 'C', 'Ctrl+A'],
    ['я', 'KeyZ', 'C', 'Ctrl+Z'],
    // Alt gives other signs on a Mac.
    ['ç', 'KeyC', 'A', 'Alt+C'],
  ])('%s (%s) with %j is %s', (key, code, held, wanted) => {
    expect(keysOf(pressed(key, code, held))).toBe(wanted);
  });
});

describe('normalizeKeys', () => {
  it.each([
    ['Shift+Ctrl+S', 'Ctrl+Shift+S'],
    ['Cmd+K', 'Ctrl+K'],
    ['+', '+'],
    ['Alt++', 'Alt++'],
  ])('%s is %s', (keys, wanted) => expect(normalizeKeys(keys)).toBe(wanted));
});

import { describe, expect, it } from 'vitest';
import { settings } from '../stores/settings';
import { type Command, registerCommands } from './commands';
import {
  bindingOf,
  conflictsOf,
  formOf,
  keysFor,
  keysOf,
  normalizeKeys,
  type Pressed,
  placesOf,
  withoutBinding,
} from './keys';

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

describe('placesOf', () => {
  it.each([
    // The same place on any layout.
    ['y', 'KeyZ', 'C', 'Ctrl+Z'],
    ['я', 'KeyZ', 'C', 'Ctrl+Z'],
    [':', 'Period', 'S', 'Shift+.'],
    ['ß', 'Minus', '', '-'],
    ['!', 'Digit1', 'AS', 'Alt+Shift+1'],
    ['F2', 'F2', '', 'F2'],
    ['Delete', 'Delete', '', 'Del'],
  ])('%s (%s) with %j is %s', (key, code, held, wanted) => {
    expect(placesOf(pressed(key, code, held))).toBe(wanted);
  });
});

describe('a binding', () => {
  it('holds both forms if it was recorded', () => {
    const binding = bindingOf(pressed('y', 'KeyZ', 'C'));
    expect([formOf(binding, 'letter'), formOf(binding, 'place')]).toEqual(['Ctrl+Y', 'Ctrl+Z']);
  });

  it.each([
    ['Ctrl+Z', 'Ctrl+Z'],
    ['?', 'Shift+/'],
    ['Alt++', 'Alt+Shift+='],
    ['+', 'Shift+='],
    ['Alt+=', 'Alt+='],
    ['Space', 'Space'],
  ])('that nobody recorded, %s, is at %s', (keys, place) => expect(formOf(keys, 'place')).toBe(place));

  it('is in the way of another one by the form that counts', () => {
    const run = () => {};
    registerCommands(
      { id: 'test.undo', title: () => 'Undo', group: 'edit', keys: ['Ctrl+Z', 'Alt+Backspace'], run },
      { id: 'test.redo', title: () => 'Redo', group: 'edit', keys: ['Ctrl+Y'], run },
    );
    const german = bindingOf(pressed('y', 'KeyZ', 'C'));
    const ids = () => conflictsOf('test.other', german).map((command) => command.id);
    expect(ids()).toEqual(['test.redo']);
    settings.setState({ keysBy: 'place' });
    expect(ids()).toEqual(['test.undo']);
    const [undo] = conflictsOf('test.other', german);
    expect(undo === undefined ? [] : withoutBinding(undo, german)).toEqual(['Alt+Backspace']);
    settings.setState({ keysBy: 'letter', keys: { 'test.undo': [german] } });
    expect(undo === undefined ? [] : keysFor(undo)).toEqual(['Ctrl+Y']);
    settings.setState({ keys: {} });
  });

  it('is what a setting makes of it, whoever bound it, and is kept as it was bound', () => {
    const find: Command = {
      ...{ id: 'test.find', title: () => 'Find', group: 'nodes', keys: ['Space'], run() {} },
      rebind: (keys) => (settings.getState().tabKey === 'search' ? [...keys, 'Tab'] : keys),
    };
    registerCommands(find);
    expect(keysFor(find)).toEqual(['Space']);
    settings.setState({ tabKey: 'search' });
    expect(keysFor(find)).toEqual(['Space', 'Tab']);
    settings.setState({ keys: { 'test.find': ['Alt+X', 'Alt+Y'] } });
    expect(keysFor(find)).toEqual(['Alt+X', 'Alt+Y', 'Tab']);
    expect(withoutBinding(find, 'Alt+Y')).toEqual(['Alt+X']);
    settings.setState({ tabKey: 'next' });
    expect(keysFor(find)).toEqual(['Alt+X', 'Alt+Y']);
    settings.setState({ keys: {} });
  });

  it('show keys that the browser has, which nobody can take away', () => {
    const copy: Command = {
      ...{ id: 'test.copy', group: 'edit', fixedKeys: ['Ctrl+C'] },
      ...{ title: () => 'Copy', run() {} },
    };
    registerCommands(copy);
    settings.setState({ keys: { 'test.copy': ['Alt+X'] } });
    expect(keysFor(copy)).toEqual(['Alt+X', 'Ctrl+C']);
    settings.setState({ keys: { 'test.copy': [] } });
    expect(keysFor(copy)).toEqual(['Ctrl+C']);
    expect(conflictsOf('test.other', 'Ctrl+C').map(({ id }) => id)).toEqual(['test.copy']);
    settings.setState({ keys: {} });
  });
});

// @vitest-environment happy-dom
// All commands together: no two have the same keys, and what is called by its id is there.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { type Command, commands } from '../app/commands';
import { panels } from '../app/panels';

beforeAll(async () => {
  // Nothing is asked of a server.
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no server here')));
  vi.stubGlobal(
    'WebSocket',
    class {
      close() {}
    },
  );
  await import('./load');
}, 60_000);

it('gives no keys to two commands', () => {
  const all = [...commands.getState().commands.values()];
  expect(all.length).toBeGreaterThan(80);
  const owners = new Map<string, Command[]>();
  for (const command of all)
    for (const keys of command.keys ?? []) owners.set(keys, [...(owners.get(keys) ?? []), command]);
  const shared = [...owners]
    // Those of the gallery count while it has the focus, and not the canvas.
    .map(([keys, found]) => [
      keys,
      ...found.map(({ id }) => id).filter((id) => !/^gallery\.(?!panel|window)/.test(id)),
    ])
    .filter((each) => each.length > 2);
  // What is deleted are the chosen points of links, or else the nodes; asked about is the one selected node, or else all
  // that is to be seen of what is selected.
  expect(shared).toEqual([
    ['Del', 'edit.delete', 'graph.deleteReroutes'],
    ['Backspace', 'edit.delete', 'graph.deleteReroutes'],
    ['?', 'nodes.help', 'nodes.inspector'],
  ]);
});

it('has a command for whatever menus offer', () => {
  const known = commands.getState().commands;
  const wanted = [
    ...['nodes.replace', 'nodes.addByCategory', 'graph.addIntoLink', 'graph.addPoint', 'graph.cutLink'],
    ...['group.select', 'group.fit', 'group.bypass', 'group.mute'],
    ...['widget.reset', 'widget.copy', 'widget.unlink', 'widget.menu', 'view.zoomTo'],
    ...['run.count1', 'run.count16', 'run.auto.off', 'run.auto.change', 'run.auto.always'],
    ...['gallery.openWorkflow', 'gallery.loadValues', 'gallery.asInput', 'gallery.download', 'gallery.copy'],
  ];
  expect(wanted.filter((id) => !known.has(id))).toEqual([]);
  // None of them fails where there is nothing to act on, and none shows there.
  expect(wanted.filter((id) => !id.startsWith('run.') && known.get(id)?.when?.() !== false)).toEqual([]);
});

it('names commands whose keys the tooltips of panels show', () => {
  const known = commands.getState().commands;
  const named = panels.getState().panels.flatMap(({ command }) => command ?? []);
  expect(named.length).toBeGreaterThan(6);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});

it('has every command that something calls by its id', () => {
  const folder = join(import.meta.dirname, '..');
  const calls = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf-8'))
    .flatMap((text) => [...text.matchAll(/\b(?:runCommand|keysOfCommand)\('([^']+)'/g)].map(([, id]) => id));
  expect(calls.length).toBeGreaterThan(20);
  const known = commands.getState().commands;
  expect(calls.filter((id) => !known.has(id ?? ''))).toEqual([]);
});

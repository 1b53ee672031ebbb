// @vitest-environment happy-dom
// No two commands have the same keys.

import { beforeAll, expect, it, vi } from 'vitest';
import { type Command, commands } from '../app/commands';

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

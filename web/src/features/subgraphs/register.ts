// Subgraphs: made of a selection, taken apart, with ports that have names and an order, and widgets shown outside.

import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { later, lazily } from '../../app/lazily';
import { commandItem, registerMenu, registerWidgetMenu } from '../../app/menus';
import { registerHost } from '../../app/panels';
import { registerTools } from '../../app/toolbox';
import { focusCanvas, view } from '../../app/view';
import { movePort, type PortSide, removePort, renamePort } from '../../core/ports';
import { INLETS, isBoundary, portsOf } from '../../core/subgraph';
import { t } from '../../i18n/t';
import { askText } from '../../ui/ask';
import { type MenuItem, showMenu } from '../../ui/Menu';
import { meantDefinition, selectedInstances } from './meant';
import { shownPorts, showPorts } from './ports.store';

const actions = later(() => import('./actions'));

registerHost({
  id: 'subgraph-ports',
  Component: lazily(
    () => import('./PortsDialog').then((module) => module.PortsDialog),
    () => useStore(shownPorts, (state) => state.scope !== null),
  ),
});

registerCommands(
  {
    id: 'subgraph.create',
    title: () => t('subgraph.create'),
    words: () => t('words.subgraph'),
    group: 'nodes',
    keys: ['Ctrl+Shift+E'],
    when: () => view.selected.size > 0 || view.selectedGroups.size > 0,
    run: () => actions.run(({ createSubgraph }) => createSubgraph()),
  },
  {
    id: 'subgraph.unpack',
    title: () => t('subgraph.unpack'),
    group: 'nodes',
    when: () => selectedInstances().length > 0,
    run: () => actions.run(({ unpackSelected }) => unpackSelected()),
  },
  {
    id: 'subgraph.ports',
    title: () => t('subgraph.ports'),
    group: 'nodes',
    when: () => meantDefinition() !== null,
    run: () => {
      const scope = meantDefinition();
      if (scope !== null) showPorts(scope);
    },
  },
);

registerTools(
  { order: 41, command: 'subgraph.create', icon: 'subgraph' },
  { order: 42, command: 'subgraph.unpack', icon: 'unpack' },
);

registerMenu(35, ({ kind, id }) => {
  if (kind === 'group') return commandItem('subgraph.create');
  if (kind === 'canvas') return view.scope === '' ? [] : commandItem('subgraph.ports');
  const isInstance = selectedInstances().includes(id);
  return [
    ...commandItem('subgraph.create'),
    ...(isInstance ? [...commandItem('subgraph.unpack'), ...commandItem('subgraph.ports')] : []),
  ];
});

registerWidgetMenu(({ node, widget, link }) => {
  if (view.scope === '') return [];
  const from = link === null ? null : view.scene?.graph.links.get(link)?.from;
  if (from === INLETS && link !== null)
    return [
      {
        id: 'demote',
        label: t('subgraph.demote'),
        onSelect: () => void actions.run(({ demote }) => demote(link)),
      },
    ];
  return link === null
    ? [
        {
          id: 'promote',
          label: t('subgraph.promote'),
          onSelect: () => void actions.run(({ promote }) => promote(node, widget.name)),
        },
      ]
    : [];
});

/** Ask for another label of a port of the graph on the screen. */
async function rename(side: PortSide, index: number): Promise<void> {
  const { doc, scope } = view;
  const port = doc === null ? undefined : portsOf(doc.graph(scope), side)[index];
  if (doc === null || port === undefined) return;
  const text = await askText({
    title: t('subgraph.portRename', { name: port.label }),
    closeLabel: t('app.close'),
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'ok', label: t('edit.rename'), kind: 'primary' },
    ],
    field: { label: t('subgraph.portLabel', { name: port.name }), value: port.label, canBeEmpty: true },
  });
  if (text !== null)
    doc.edit(t('subgraph.stepRename'), scope, (tx) => renamePort(tx, side, index, text.trim()));
  focusCanvas();
}

/** What can be done with a slot at the border of a subgraph. */
bus.on('menu', (client, at) => {
  const hit = view.scene?.hit(at, view.view.zoom);
  const { doc, scope, scene } = view;
  if (hit === undefined || doc === null || scene === null || !('node' in hit) || !isBoundary(hit.node))
    return;
  const side = hit.node === INLETS ? 'inputs' : 'outputs';
  const ports = portsOf(scene.graph, side);
  const index = hit.kind === 'input' || hit.kind === 'output' ? hit.index : -1;
  const port = ports[index];
  const words = { name: port?.label ?? '' };
  const move = (to: number) => () =>
    void doc.edit(t('subgraph.stepMove'), scope, (tx) => movePort(tx, side, index, to));
  const own: MenuItem[] =
    port === undefined
      ? []
      : [
          {
            id: 'rename',
            label: t('subgraph.portRename', words),
            onSelect: () => void rename(side, index),
          },
          {
            id: 'up',
            label: t('subgraph.portUp', words),
            isDisabled: index === 0,
            onSelect: move(index - 1),
          },
          {
            id: 'down',
            label: t('subgraph.portDown', words),
            isDisabled: index === ports.length - 1,
            onSelect: move(index + 1),
          },
          {
            id: 'remove',
            label: t('subgraph.portRemove', words),
            isDanger: true,
            onSelect: () =>
              void doc.edit(t('subgraph.stepRemove'), scope, (tx) => removePort(tx, side, index)),
          },
          { kind: 'separator', id: 'line' },
        ];
  const all = {
    id: 'ports',
    label: t('subgraph.ports'),
    onSelect: () => showPorts(scope),
  };
  showMenu(client, [...own, all], t('subgraph.portsTitle'));
});

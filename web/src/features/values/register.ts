// Shared values: one node that gives its value to several inputs.

import { registerCommands } from '../../app/commands';
import { registerWidgetMenu, type WidgetContext } from '../../app/menus';
import { view } from '../../app/view';
import { stringifyJson } from '../../core/json';
import { joinValue, PRIMITIVE, sharedValues, shareValue } from '../../core/shared';
import { typeNameOf } from '../../core/slots';
import type { NodeId } from '../../core/types';
import { t } from '../../i18n/t';
import type { MenuItem } from '../../ui/Menu';

/** The selected nodes, if this one is among them; else this one alone. */
function ownersOf(node: NodeId): readonly NodeId[] {
  return view.selected.has(node) ? [node, ...[...view.selected].filter((id) => id !== node)] : [node];
}

function having(ids: readonly NodeId[], name: string): readonly NodeId[] {
  return ids.filter((id) => {
    const shape = view.scene?.shape(id);
    const slot = shape?.inputs.find((each) => each.name === name);
    return slot?.link === null && shape?.widgets.some((each) => each.name === name) === true;
  });
}

function share(ids: readonly NodeId[], names: readonly string[]): void {
  const made: NodeId[] = [];
  view.doc?.edit(t('value.share'), view.scope, (tx) => {
    for (const [index, name] of names.entries()) {
      const id = shareValue(tx, ids, name, view.catalog);
      if (id === null) continue;
      made.push(id);
      const pos = tx.graph.nodes.get(id)?.['pos'];
      if (index > 0 && Array.isArray(pos))
        tx.patch('node', id, { pos: [pos[0], Number(pos[1]) + index * 120] });
    }
  });
  if (made.length > 0) view.select(made);
}

function itemsFor({ node, widget, link }: WidgetContext): MenuItem[] {
  const graph = view.scene?.graph;
  const record = graph?.nodes.get(node);
  if (graph === undefined || record === undefined || widget.input === null || link !== null) return [];
  if (typeNameOf(record) === PRIMITIVE) return [];
  const owners = having(ownersOf(node), widget.name);
  const shared = sharedValues({ graph }, widget.input.type);
  return [
    {
      id: 'share',
      label: owners.length > 1 ? t('value.shareAll', { count: owners.length }) : t('value.share'),
      onSelect: () => share(owners, [widget.name]),
    },
    ...(shared.length === 0
      ? []
      : [
          {
            kind: 'sub',
            id: 'join',
            label: t('value.join'),
            items: shared.map(
              ({ id, title, value }): MenuItem => ({
                id,
                label: t('value.shared', { title, id }),
                hint: typeof value === 'string' ? value.slice(0, 40) : stringifyJson(value).slice(0, 40),
                onSelect: () =>
                  void view.doc?.edit(t('value.join'), view.scope, (tx) => {
                    for (const owner of owners) joinValue(tx, id, owner, widget.name, view.catalog);
                  }),
              }),
            ),
          } satisfies MenuItem,
        ]),
  ];
}

/** The values that all selected nodes have and hold alike. */
function commonNames(): string[] {
  const ids = [...view.selected];
  const [first] = ids;
  const shape = first === undefined ? undefined : view.scene?.shape(first);
  if (shape === undefined || ids.length < 2) return [];
  return shape.widgets.flatMap(({ name, value }) => {
    const isAlike = ids.every((id) => {
      const other = view.scene?.shape(id)?.widgets.find((each) => each.name === name);
      return other !== undefined && stringifyJson(other.value) === stringifyJson(value);
    });
    return isAlike && having(ids, name).length === ids.length ? [name] : [];
  });
}

registerWidgetMenu(itemsFor);
registerCommands({
  id: 'value.shareSelected',
  title: () => t('value.shareSelected'),
  group: 'nodes',
  when: () => commonNames().length > 0,
  run: () => share([...view.selected], commonNames()),
});

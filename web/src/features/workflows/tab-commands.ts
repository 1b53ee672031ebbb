// What can be done with a tab besides saving and closing it.

import { goToScope } from '../../app/scopes';
import { isSure } from '../../app/sure';
import { view } from '../../app/view';
import { deleteNodes } from '../../core/edit';
import { asObject, parseJson, stringifyJson } from '../../core/json';
import { t } from '../../i18n/t';
import { openTab, type Tab, updateTab } from '../../stores/tabs';
import { askText } from '../../ui/ask';
import { renamePlace } from './file-actions';

/** A tab without a file gets another name; of another one, its file does, with its versions. */
export async function renameTab(tab: Tab | null): Promise<void> {
  if (tab === null) return;
  if (tab.path !== null) {
    await renamePlace({ kind: 'file', path: tab.path });
    return;
  }
  const name = await askText({
    title: t('workflows.renameTab'),
    closeLabel: t('app.close'),
    field: { label: t('workflows.name'), value: tab.name },
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'rename', label: t('workflows.rename'), kind: 'primary' },
    ],
  });
  if (name !== null) updateTab(tab.id, { name });
}

export function duplicateTab(tab: Tab | null): void {
  if (tab === null) return;
  const raw = asObject(parseJson(stringifyJson(tab.doc.save())));
  if (raw !== null)
    openTab(raw, { name: t('workflows.copyOf', { name: tab.name }), isDirty: true, view: tab.view });
}

/** Remove all that is on the canvas, once the user has said yes: one step, which undo takes back. */
export async function clearTab(tab: Tab | null): Promise<void> {
  if (tab === null) return;
  const count = tab.doc.graph('').nodes.size;
  const title = t('workflows.clearTitle', { name: tab.name });
  if (!(await isSure({ title, text: t('workflows.clearText', { count }), label: t('workflows.cleared') })))
    return;
  if (view.doc === tab.doc) goToScope('');
  tab.doc.edit(t('workflows.cleared'), '', (tx) => {
    deleteNodes(tx, new Set(tx.graph.nodes.keys()), view.catalog);
    for (const id of tx.graph.maps.reroute.keys()) tx.put('reroute', id, null);
    for (const id of tx.graph.maps.group.keys()) tx.put('group', id, null);
  });
}

// Saving: a file changes only when the user says so, and never over what somebody else wrote meanwhile.

import { wordsOf } from '../../api/client';
import { type Expected, isConflict, isGone, readFile, writeFile } from '../../api/workflows';
import { whyNotOpened } from '../../app/open';
import { rememberView } from '../../app/scopes';
import { isSure } from '../../app/sure';
import { stringifyJson } from '../../core/json';
import { checkSize } from '../../core/limits';
import { t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import { activeTab, closeTab, markSaved, openTab, type Tab, tabOf, tabs } from '../../stores/tabs';
import { ask, askText } from '../../ui/ask';
import { toast } from '../../ui/Toast';
import { changed } from './list.store';

/** Save a tab under its name, or ask for one. True if it was saved. */
export async function save(tab: Tab | null = activeTab()): Promise<boolean> {
  if (tab === null) return false;
  if (tab.path === null) return saveAs(tab);
  try {
    return await write(tab, tab.path, tab.revision === null ? 'nothing' : { revision: tab.revision });
  } catch (error) {
    if (isGone(error)) return resolveGone(tab, tab.path);
    return isConflict(error) ? resolveConflict(tab, tab.path) : tellFailure(error);
  }
}

export async function saveAs(tab: Tab | null = activeTab()): Promise<boolean> {
  if (tab === null) return false;
  const attempt = (name: string) => writeNew(tab, `${name.replace(/\.json$/i, '')}.json`);
  const name = await askText({
    title: t('workflows.saveAs'),
    closeLabel: t('app.close'),
    field: {
      label: t('workflows.fileName'),
      value: tab.path?.replace(/\.json$/i, '') ?? tab.name,
      attempt,
    },
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'save', label: t('workflows.save'), kind: 'primary' },
    ],
  });
  return name !== null;
}

/** Under a name that nobody has, or over what has it if the user is sure. Null if it was saved, else why not. */
async function writeNew(tab: Tab, path: string): Promise<string | null> {
  try {
    await write(tab, path, 'nothing').catch(async (error) => {
      if (!isConflict(error)) throw error;
      const title = t('workflows.exists', { name: path });
      if (!(await isSure({ title, text: t('workflows.existsText'), label: t('workflows.overwrite') })))
        throw new Error(title);
      await write(tab, path, 'anything');
    });
    return null;
  } catch (error) {
    return wordsOf(error);
  }
}

async function write(tab: Tab, path: string, expected: Expected): Promise<boolean> {
  const revision = await writeFile(path, stringifyJson(tab.doc.save(), 2), expected);
  markSaved(tab.id, path, revision);
  tab.doc.seal();
  changed();
  toast({ kind: 'success', title: t('workflows.saved', { name: path }), key: 'saved', seconds: 2 });
  return true;
}

/** Somebody has deleted or moved the file since it was opened. */
async function resolveGone(tab: Tab, path: string): Promise<boolean> {
  const choice = await ask({
    title: t('workflows.gone', { name: path }),
    text: t('workflows.goneText'),
    closeLabel: t('app.close'),
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'as', label: t('workflows.saveAs') },
      { id: 'again', label: t('workflows.saveAgain'), kind: 'primary' },
    ],
  });
  if (choice === 'as') return saveAs(tab);
  return choice === 'again' ? write(tab, path, 'nothing').catch(tellFailure) : false;
}

async function resolveConflict(tab: Tab, path: string): Promise<boolean> {
  const choice = await ask({
    title: t('workflows.conflict', { name: path }),
    text: t('workflows.conflictText'),
    closeLabel: t('app.close'),
    choices: [
      { id: 'overwrite', label: t('workflows.overwrite'), kind: 'danger' },
      { id: 'theirs', label: t('workflows.takeTheirs') },
      { id: 'both', label: t('workflows.keepBoth'), kind: 'primary' },
    ],
  });
  if (choice === 'overwrite') return write(tab, path, 'anything').catch(tellFailure);
  if (choice === 'both') return saveAs(tab);
  if (choice !== 'theirs') return false;
  try {
    const { raw, revision } = await readFile(path);
    checkSize(raw);
    closeTab(tab.id); // "Reopen closed" brings the own state back
    openTab(raw, { name: tab.name, path, revision });
    return true;
  } catch (error) {
    return tellFailure(new Error(whyNotOpened(error)));
  }
}

function tellFailure(error: unknown): false {
  toast({ kind: 'error', title: t('workflows.saveFailed'), text: wordsOf(error) });
  return false;
}

/** Close a tab; what is not saved is asked about. True if it is closed. */
export async function close(id: string): Promise<boolean> {
  const tab = tabOf(id);
  if (tab === null) return true;
  if (tab.isDirty && settings.getState().confirmsClose) {
    const choice = await ask({
      title: t('workflows.closeDirty', { name: tab.name }),
      text: t('workflows.closeDirtyText'),
      closeLabel: t('app.close'),
      choices: [
        { id: 'discard', label: t('workflows.discard'), kind: 'danger' },
        { id: 'cancel', label: t('app.cancel') },
        { id: 'save', label: t('workflows.save'), kind: 'primary' },
      ],
    });
    if (choice === null || choice === 'cancel') return false;
    if (choice === 'save' && !(await save(tabOf(id)))) return false;
  }
  if (tabs.getState().active === id) rememberView(id);
  closeTab(id);
  return true;
}

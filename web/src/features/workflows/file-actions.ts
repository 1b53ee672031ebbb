// What can be done with workflow files and folders: make, rename, copy, move, mark, delete. Open tabs follow.

import { wordsOf } from '../../api/client';
import * as server from '../../api/workflows';
import { isSure } from '../../app/sure';
import { t } from '../../i18n/t';
import { nameOf, tabs, updateTab } from '../../stores/tabs';
import { askText } from '../../ui/ask';
import { toast } from '../../ui/Toast';
import { changed, lists, loadLists, setOpen } from './list.store';
import { baseOf, folderOf, followMove, freeName, placeIn, titleOfFile } from './tree';

export interface Place {
  readonly kind: 'file' | 'folder';
  readonly path: string;
}

/** Do something on the server; what it refuses is told in its words. True if it was done. */
async function attempt(act: () => Promise<void>): Promise<boolean> {
  const refusal = await refusalOf(act);
  if (refusal !== null)
    toast({ kind: 'error', title: t('workflows.changeFailed'), text: refusal, key: 'files' });
  return refusal === null;
}

/** Why a change was not made; null if it was. */
async function refusalOf(act: () => Promise<void>): Promise<string | null> {
  let refusal: string | null = null;
  try {
    await act();
  } catch (error) {
    refusal = wordsOf(error);
  }
  await loadLists();
  return refusal;
}

function askName(
  title: string,
  label: string,
  value: string,
  done: string,
  attempt?: (name: string) => Promise<string | null>,
): Promise<string | null> {
  return askText({
    title,
    closeLabel: t('app.close'),
    field: { label, value, ...(attempt === undefined ? {} : { attempt }) },
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'done', label: done, kind: 'primary' },
    ],
  });
}

const bare = (folder: string) => folder.replace(/^\/+|\/+$/g, '');

export async function newFolder(parent = ''): Promise<void> {
  const start = parent === '' ? '' : `${parent}/`;
  await askName(
    t('workflows.newFolderTitle'),
    t('workflows.folderName'),
    start,
    t('workflows.newFolderTitle'),
    async (name) =>
      bare(name) === parent
        ? null
        : refusalOf(async () => {
            await server.makeFolder(bare(name));
            setOpen(parent, true);
          }),
  );
}

export async function renamePlace({ kind, path }: Place): Promise<void> {
  const isFile = kind === 'file';
  await askName(
    t(isFile ? 'workflows.rename' : 'workflows.renameFolder'),
    t(isFile ? 'workflows.fileName' : 'workflows.folderName'),
    path.replace(/\.json$/i, ''),
    t('workflows.rename'),
    (name) =>
      refusalOf(() =>
        move({ kind, path }, isFile ? `${bare(name).replace(/\.json$/i, '')}.json` : bare(name)),
      ),
  );
}

/** Give a file or folder another path; tabs of what was moved follow. */
async function move({ kind, path }: Place, to: string): Promise<void> {
  if (to === path) return;
  await (kind === 'file' ? server.moveFile : server.moveFolder)(path, to);
  for (const tab of tabs.getState().tabs) {
    const next = tab.path === null ? null : followMove(tab.path, path, to);
    if (next !== null && next !== tab.path) updateTab(tab.id, { path: next, name: nameOf(next) });
  }
}

function moveTo(place: Place, to: string): Promise<boolean> {
  return attempt(() => move(place, to));
}

export async function moveInto(place: Place, folder: string): Promise<void> {
  const to = placeIn(place.path, place.kind, folder);
  if (to === null || !(await moveTo(place, to))) return;
  setOpen(folder, true);
  toast({
    title: t('workflows.moved', { folder: folder === '' ? t('workflows.top') : folder }),
    action: { label: t('workflows.undo'), run: () => void moveTo({ ...place, path: to }, place.path) },
    key: 'moved',
  });
}

/** Ask for a folder, which may be a new one. */
export async function moveElsewhere(place: Place): Promise<void> {
  const name = baseOf(place.path).replace(/\.json$/i, '');
  const folder = await askName(
    t('workflows.moveTitle', { name }),
    t('workflows.folderName'),
    folderOf(place.path),
    t('workflows.moveTo'),
  );
  if (folder !== null) await moveInto(place, bare(folder));
}

export async function duplicateFile(path: string): Promise<void> {
  const taken = new Set((lists.getState().files ?? []).map((file) => file.name));
  const start = path.replace(/\.json$/i, '');
  const to = freeName(taken, (number) => {
    const name = t('workflows.copyOf', { name: start });
    return `${number === 1 ? name : `${name} ${number}`}.json`;
  });
  if (await attempt(() => server.copyFile(path, to)))
    toast({ kind: 'success', title: t('workflows.copied', { name: titleOfFile(to) }), key: 'copied' });
}

export async function setFavourite(path: string, isFavourite: boolean): Promise<void> {
  await attempt(() => server.markFavourite(path, isFavourite));
}

export async function deletePlace(place: Place): Promise<void> {
  await (place.kind === 'file' ? removeFile(place.path) : removeFolder(place.path));
}

/** What was deleted is no longer the file of a tab: the tab keeps it, not saved. */
function letGo(isGone: (path: string) => boolean): void {
  for (const tab of tabs.getState().tabs)
    if (tab.path !== null && isGone(tab.path))
      updateTab(tab.id, { path: null, revision: null, isDirty: true });
}

async function removeFile(path: string): Promise<void> {
  let trashId = '';
  const isDone = await attempt(async () => {
    trashId = await server.deleteFile(path);
    letGo((each) => each === path);
  });
  if (isDone) offerBack(titleOfFile(path), [trashId]);
}

async function removeFolder(path: string): Promise<void> {
  const count = (lists.getState().files ?? []).filter((file) => file.name.startsWith(`${path}/`)).length;
  if (count > 0) {
    const title = t('workflows.deleteFolder', { name: path });
    const text = t('workflows.deleteFolderText', { count });
    if (!(await isSure({ title, text, label: t('workflows.delete') }))) return;
  }
  let trashIds: readonly string[] = [];
  const isDone = await attempt(async () => {
    trashIds = await server.deleteFolder(path);
    letGo((each) => each.startsWith(`${path}/`));
  });
  if (isDone && trashIds.length > 0) offerBack(path, trashIds);
}

function offerBack(name: string, trashIds: readonly string[]): void {
  toast({
    title: t('workflows.deleted', { name }),
    action: { label: t('workflows.undo'), run: () => void takeAllBack(trashIds) },
    key: 'deleted',
  });
}

async function takeAllBack(trashIds: readonly string[]): Promise<void> {
  await attempt(async () => {
    for (const trashId of trashIds) await server.takeBack(trashId);
  });
  changed();
}

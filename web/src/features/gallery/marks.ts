// What the user says of files: stars, ratings, tags, what is sorted out; and deleting, which can be taken back.

import { deleteItems, type GalleryItem, type Marks, markItems, restoreItems } from '../../api/gallery';
import { isSure } from '../../app/sure';
import { asksForMarks } from '../../core/terms';
import { t } from '../../i18n/t';
import { clearSelected, gallery, loadFacets, refreshGallery, updateItems } from '../../stores/gallery';
import { updateShown } from '../../stores/lightbox';
import type { Picture } from '../../stores/pictures';
import { askText } from '../../ui/ask';
import { toast } from '../../ui/Toast';
import { attempt } from './attempt';

const CALM = 300;
const AFTER = 50;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Ids of files of the gallery among keys of pictures. */
export function idsOf(keys: Iterable<string>): number[] {
  return [...keys].filter((key) => /^\d+$/.test(key)).map(Number);
}

export const mark = (ids: readonly number[], marks: Marks) =>
  attempt(async () => {
    if (ids.length === 0) return;
    take(await markItems(ids, marks));
  });

function take(items: readonly GalleryItem[]): void {
  updateItems(items);
  const byName = new Map(items.map((item) => [item.name, item]));
  updateShown((picture) => {
    const { kind, subfolder, filename } = picture;
    const item =
      kind === 'output' ? byName.get(subfolder === '' ? filename : `${subfolder}/${filename}`) : null;
    return item == null ? picture : { ...picture, item };
  });
  changedSoon();
}

/** Other things fit the search now, and facets count anew; not while one mark follows the other. */
function changedSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { query, sort, facets } = gallery.getState();
    if (asksForMarks(query) || sort === 'rating') void refreshGallery();
    if (facets !== null) void loadFacets();
  }, CALM);
}

/** All get it, unless all have it. */
export function toggleMark(items: readonly GalleryItem[], ids: readonly number[], name: 'star' | 'rejected') {
  return mark(ids, { [name]: !(items.length > 0 && items.every((item) => item[name])) });
}

/** The loaded ones among these; of a large selection not all are. */
export function loadedItems(ids: readonly number[]): GalleryItem[] {
  const wanted = new Set(ids.map(String));
  return gallery
    .getState()
    .items.flatMap((picture) => (picture?.item != null && wanted.has(picture.key) ? [picture.item] : []));
}

/** `sky, -draft`: tags that are added, and, with a minus, taken away. */
export function readTags(text: string): Pick<Marks, 'add_tags' | 'remove_tags'> {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '-');
  return {
    add_tags: parts.filter((part) => !part.startsWith('-')),
    remove_tags: parts.filter((part) => part.startsWith('-')).map((part) => part.slice(1).trim()),
  };
}

/** After a question, the focus goes back to where it was; if that went away, to the list. */
async function thenBack(act: () => Promise<void>): Promise<void> {
  const before = document.activeElement;
  await act();
  setTimeout(() => {
    if (document.activeElement !== document.body) return;
    const lists = document.querySelectorAll<HTMLElement>('[data-list]');
    const list = lists[lists.length - 1];
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
    else list?.focus({ preventScroll: true });
  }, AFTER);
}

export const askTags = (ids: readonly number[]) => thenBack(() => setTags(ids));

async function setTags(ids: readonly number[]): Promise<void> {
  const tags = new Set(loadedItems(ids).flatMap((item) => item.tags));
  const known = (gallery.getState().facets?.tags ?? []).map(({ value }) => value).slice(0, 12);
  const text = await askText({
    title: t('gallery.tagTitle', { count: ids.length }),
    text: [
      t('gallery.tagText'),
      tags.size === 0 ? '' : t('gallery.tagsHere', { tags: [...tags].join(', ') }),
      known.length === 0 ? '' : t('gallery.tagsKnown', { tags: known.join(', ') }),
    ]
      .filter((part) => part !== '')
      .join(' '),
    closeLabel: t('app.close'),
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'set', label: t('gallery.tagSet'), kind: 'primary' },
    ],
    field: { label: t('gallery.tags'), value: '' },
  });
  if (text !== null) await mark(ids, readTags(text));
}

export const askDelete = (pictures: readonly Picture[], ids: readonly number[]) =>
  ids.length === 0 ? Promise.resolve() : thenBack(() => confirmDelete(pictures, ids));

async function confirmDelete(pictures: readonly Picture[], ids: readonly number[]): Promise<void> {
  const [first] = pictures;
  const title =
    ids.length === 1 && first !== undefined
      ? t('gallery.deleteOne', { name: first.filename })
      : t('gallery.deleteMany', { count: ids.length });
  const label = t('gallery.deleteThem', { count: ids.length });
  if (await isSure({ title, text: t('gallery.deleteText'), label })) await remove(ids);
}

async function remove(ids: readonly number[]): Promise<void> {
  await attempt(async () => {
    const { deleted, trash_id } = await deleteItems(ids);
    clearSelected();
    await refreshGallery();
    if (gallery.getState().facets !== null) void loadFacets();
    toast({
      title: t('gallery.deleted', { count: deleted.length }),
      key: 'deleted',
      seconds: 12,
      ...(trash_id === null
        ? {}
        : { action: { label: t('gallery.undoDelete'), run: () => void restore(trash_id) } }),
    });
  });
}

const restore = (trashId: string) =>
  attempt(async () => {
    const { restored, left } = await restoreItems(trashId);
    await refreshGallery();
    toast({
      kind: left.length === 0 ? 'success' : 'warning',
      title: t('gallery.restored', { count: restored.length }),
      ...(left.length === 0 ? {} : { text: t('gallery.notRestored', { names: left.join(', ') }) }),
      key: 'deleted',
    });
  });

// The menu of a picture, wherever it is shown.

import type { AssetView } from '../../api/types';
import { keysOfCommand } from '../../app/keys';
import { t } from '../../i18n/t';
import { gallery } from '../../stores/gallery';
import { openLightbox } from '../../stores/lightbox';
import { type Picture, toPicture } from '../../stores/pictures';
import { activeTab } from '../../stores/tabs';
import { type MenuItem, showMenu } from '../../ui/Menu';
import {
  comparePictures,
  loadItsValues,
  openItsWorkflow,
  runExactly,
  runPictureWithOtherSeed,
  takeAsInput,
} from './actions';
import { attempt } from './attempt';
import { copyPicture, download, downloadZip } from './files';
import { askDelete, askTags, mark, toggleMark } from './marks';
import { itemOf } from './origin';
import { type Target, targetOf } from './target';

const RATINGS = [5, 4, 3, 2, 1, 0] as const;

export interface MenuOptions {
  /** What it can be compared with. */
  readonly other?: Picture | null;
  /** Called when something was chosen that shows elsewhere. */
  readonly done?: () => void;
  /** In the lightbox there is no need to open it. */
  readonly isOpen?: boolean;
}

export function menuOf(picture: Picture, options: MenuOptions = {}): MenuItem[] {
  const { other = null, done = () => {}, isOpen = false } = options;
  const isPicture = picture.medium === 'picture';
  const target = targetOf(picture);
  const then = (act: () => unknown) => () => {
    done();
    void act();
  };
  return [
    ...(isOpen ? [] : opened(picture)),
    {
      id: 'open',
      label: t('gallery.openWorkflow'),
      icon: 'workflow',
      onSelect: then(() => openItsWorkflow(picture)),
    },
    {
      id: 'values',
      label: t('gallery.loadValues'),
      icon: 'arrowDown',
      isDisabled: activeTab() === null,
      onSelect: then(() => loadItsValues(picture)),
    },
    {
      id: 'input',
      label: t('gallery.asInput'),
      icon: 'image',
      isDisabled: activeTab() === null || !isPicture,
      onSelect: then(() => takeAsInput(picture)),
    },
    ...(other === null || !isPicture ? [] : [compared(picture, other, then)]),
    { kind: 'separator', id: 'line-1' },
    {
      id: 'exactly',
      label: t('gallery.runExactly'),
      icon: 'refresh',
      onSelect: () => void runExactly(picture),
    },
    {
      id: 'seed',
      label: t('gallery.runOther'),
      icon: 'dice',
      onSelect: () => void runPictureWithOtherSeed(picture),
    },
    ...(picture.kind === 'output' ? marksOf(picture, target) : []),
    { kind: 'separator', id: 'line-3' },
    ...filesOf(picture, target),
  ];
}

function opened(picture: Picture): MenuItem[] {
  const show = (showsLineage: boolean) => {
    const at = gallery.getState().items.findIndex((each) => each?.key === picture.key);
    if (at < 0) openLightbox([picture], 0, { showsLineage });
    else openLightbox('gallery', at, { showsLineage });
  };
  return [
    { id: 'large', label: t('gallery.large'), icon: 'fit', keys: 'Enter', onSelect: () => show(false) },
    { id: 'lineage', label: t('gallery.showLineage'), icon: 'layers', onSelect: () => show(true) },
    { kind: 'separator', id: 'line-0' },
  ];
}

function compared(picture: Picture, other: Picture, then: (act: () => unknown) => () => void): MenuItem {
  return {
    id: 'compare',
    label: t('gallery.compareWith', { name: other.filename }),
    icon: 'compare',
    onSelect: then(() => comparePictures(picture, other)),
  };
}

/** Marks of the picture, or of all that are selected with it. */
function marksOf(picture: Picture, target: Target): MenuItem[] {
  const known = picture.item;
  const withIds = (act: (ids: readonly number[]) => unknown) => () =>
    void attempt(async () => {
      const item = await itemOf(picture);
      if (item === null) throw new Error(t('gallery.notThere', { name: picture.filename }));
      await act(target.ids.length > 0 ? target.ids : [item.id]);
    });
  return [
    { kind: 'separator', id: 'line-2' },
    {
      id: 'star',
      label: t('gallery.star'),
      icon: 'star',
      keys: keysOfCommand('gallery.star'),
      ...(known === null ? {} : { isChecked: known.star }),
      onSelect: withIds((ids) =>
        known === null ? mark(ids, { star: true }) : toggleMark([known], ids, 'star'),
      ),
    },
    {
      kind: 'sub',
      id: 'rating',
      label: t('gallery.rating'),
      icon: 'star',
      items: RATINGS.map((rating) => ({
        id: `rating-${rating}`,
        label: rating === 0 ? t('gallery.rateNone') : '★'.repeat(rating),
        keys: keysOfCommand(`gallery.rate${rating}`),
        ...(known === null ? {} : { isChecked: known.rating === rating }),
        onSelect: withIds((ids) => mark(ids, { rating })),
      })),
    },
    {
      id: 'reject',
      label: t('gallery.reject'),
      icon: 'mute',
      keys: keysOfCommand('gallery.reject'),
      ...(known === null ? {} : { isChecked: known.rejected }),
      onSelect: withIds((ids) =>
        known === null ? mark(ids, { rejected: true }) : toggleMark([known], ids, 'rejected'),
      ),
    },
    {
      id: 'tags',
      label: t('gallery.tag'),
      icon: 'tag',
      keys: keysOfCommand('gallery.tag'),
      onSelect: withIds(askTags),
    },
  ];
}

function filesOf(picture: Picture, target: Target): MenuItem[] {
  const isPicture = picture.medium === 'picture';
  const isMany = target.ids.length > 1;
  return [
    {
      id: 'download',
      label: isMany ? t('gallery.zipMany', { count: target.ids.length }) : t('gallery.download'),
      icon: 'download',
      onSelect: () => void (isMany ? downloadZip(target.ids) : download([picture])),
    },
    {
      id: 'copy',
      label: t('gallery.copy'),
      icon: 'copy',
      isDisabled: !isPicture,
      onSelect: () => void copyPicture(picture),
    },
    ...(picture.item === null
      ? []
      : [
          {
            id: 'delete',
            label: isMany ? t('gallery.deleteSelected', { count: target.ids.length }) : t('gallery.delete'),
            icon: 'trash' as const,
            keys: keysOfCommand('gallery.delete'),
            isDanger: true,
            onSelect: () => void askDelete(target.pictures, target.ids),
          },
        ]),
  ];
}

/** The same as items, to stand in another menu. */
export function pictureItems(asset: AssetView): MenuItem[] {
  return menuOf(toPicture(asset));
}

/** The picture that is selected besides, if exactly one is known. */
export function otherSelected(picture: Picture): Picture | null {
  const { selected, items } = gallery.getState();
  const others = items.filter(
    (each): each is Picture => each !== undefined && selected.has(each.key) && each.key !== picture.key,
  );
  return others.length === 1 ? (others[0] ?? null) : null;
}

export function showMenuOf(
  at: { readonly x: number; readonly y: number },
  one: Picture | AssetView,
  other: Picture | AssetView | null = null,
): void {
  const picture = toPicture(one);
  const items = menuOf(picture, { other: other === null ? null : toPicture(other) });
  showMenu(at, items, picture.filename);
}

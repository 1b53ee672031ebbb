// What can be done by keys while a grid of the gallery or the lightbox has the focus. All of it is in the palette's
// list of shortcuts, and can be given other keys.

import type { Command } from '../../app/commands';
import { type TextKey, t } from '../../i18n/t';
import { clearSelected, gallery, selectRange } from '../../stores/gallery';
import { lightbox, openLightbox, toggleReal } from '../../stores/lightbox';
import type { Picture } from '../../stores/pictures';
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
import { hasKeys, type Target, targetOfKeys, targetOfSelection } from './target';

interface Own {
  readonly id: string;
  readonly title: TextKey;
  readonly values?: Readonly<Record<string, number>>;
  readonly keys: readonly string[];
  readonly run: (target: Target) => unknown;
  /** It is about the grid. */
  readonly isOfGrid?: boolean;
  /** It is about one picture. */
  readonly isSingle?: boolean;
  /** Of a selection, it is about the only one. */
  readonly isOfOne?: boolean;
}

/** Pictures of a run are files of the gallery, too, once they are asked for. */
async function idsOfTarget(target: Target): Promise<readonly number[]> {
  const [picture] = target.pictures;
  if (target.ids.length > 0 || picture === undefined) return target.ids;
  const item = await itemOf(picture);
  return item === null ? [] : [item.id];
}

const withIds = (act: (ids: readonly number[]) => unknown) => (target: Target) =>
  attempt(async () => act(await idsOfTarget(target)));

function toggled(name: 'star' | 'rejected') {
  return (target: Target) =>
    attempt(async () => {
      const [picture] = target.pictures;
      const item = picture === undefined ? null : await itemOf(picture);
      const ids = await idsOfTarget(target);
      // The one that has the focus says which way all of them go.
      if (item !== null) await toggleMark([item], ids, name);
    });
}

const RATINGS: readonly Own[] = [0, 1, 2, 3, 4, 5].map((rating) => ({
  id: `gallery.rate${rating}`,
  title: rating === 0 ? 'gallery.rateNone' : 'gallery.rate',
  values: { count: rating },
  keys: [String(rating)],
  run: withIds((ids) => mark(ids, { rating })),
}));

/** What the menu of a picture offers; its id is that of its text. */
function onPicture(id: Extract<TextKey, `gallery.${string}`>, act: (picture: Picture) => unknown): Own {
  return {
    ...{ id, title: id, keys: [], isOfOne: true },
    run: ({ pictures: [picture] }) => (picture === undefined ? undefined : act(picture)),
  };
}

const OWN: readonly Own[] = [
  ...RATINGS,
  { id: 'gallery.star', title: 'gallery.star', keys: ['S'], run: toggled('star') },
  { id: 'gallery.reject', title: 'gallery.reject', keys: ['X'], run: toggled('rejected') },
  { id: 'gallery.tag', title: 'gallery.tag', keys: ['T'], run: withIds(askTags) },
  {
    id: 'gallery.delete',
    title: 'gallery.delete',
    keys: ['Del'],
    run: (target) => attempt(async () => askDelete(target.pictures, await idsOfTarget(target))),
  },
  onPicture('gallery.openWorkflow', openItsWorkflow),
  onPicture('gallery.loadValues', loadItsValues),
  onPicture('gallery.asInput', takeAsInput),
  onPicture('gallery.runExactly', runExactly),
  onPicture('gallery.runOther', runPictureWithOtherSeed),
  onPicture('gallery.copy', copyPicture),
  { id: 'gallery.download', title: 'gallery.download', keys: [], run: ({ pictures }) => download(pictures) },
  { id: 'gallery.zip', title: 'gallery.zip', keys: ['Ctrl+Shift+D'], run: withIds(downloadZip) },
  {
    id: 'gallery.real',
    title: 'gallery.real',
    keys: ['Z'],
    isSingle: true,
    run: ({ pictures: [picture] }) => {
      if (lightbox.getState().source !== null) return toggleReal();
      const at = gallery.getState().items.findIndex((each) => each?.key === picture?.key);
      return at < 0 ? undefined : openLightbox('gallery', at, { isReal: true });
    },
  },
  {
    id: 'gallery.all',
    title: 'gallery.all',
    keys: ['Ctrl+A'],
    isOfGrid: true,
    run: () => attempt(() => selectRange(0, gallery.getState().items.length - 1)),
  },
  {
    id: 'gallery.none',
    title: 'gallery.clear',
    keys: ['Ctrl+Shift+A'],
    isOfGrid: true,
    run: clearSelected,
  },
];

const BY_KEYS: readonly Command[] = OWN.map(({ id, title, values, keys, run, isOfGrid }) => ({
  id,
  title: () => t(title, values),
  group: 'results',
  keys,
  scope: 'anywhere',
  // The lightbox is a dialog, in which other commands rest; `when` sees to it that no field loses its keys.
  inFields: true,
  when: () => hasKeys() && !(isOfGrid === true && lightbox.getState().source !== null),
  run: async () => {
    await run(targetOfKeys());
  },
}));

/** In the palette, where nothing has the focus but the palette, they are about what is selected. */
const BY_NAME: readonly Command[] = OWN.filter(({ isSingle }) => isSingle !== true).map(
  ({ id, title, values, run, isOfOne }) => ({
    id: `${id}.selected`,
    title: () => t('gallery.ofSelected', { what: t(title, values) }),
    group: 'results',
    when: () => {
      const { size } = gallery.getState().selected;
      return isOfOne === true ? size === 1 : size > 0;
    },
    run: async () => {
      await run(targetOfSelection());
    },
  }),
);

/** The two pictures that are selected. */
function pair(): readonly [Picture, Picture] | null {
  const { pictures } = targetOfSelection();
  const [one, other] = pictures.filter(({ medium }) => medium === 'picture');
  const isPair = gallery.getState().selected.size === 2 && one !== undefined && other !== undefined;
  return isPair ? [one, other] : null;
}

const COMPARE: Command = {
  ...{ id: 'gallery.compare.selected', title: () => t('gallery.ofSelected', { what: t('gallery.compare') }) },
  group: 'results',
  when: () => pair() !== null,
  run: async () => {
    const both = pair();
    if (both !== null) await comparePictures(...both);
  },
};

export const COMMANDS: readonly Command[] = [...BY_KEYS, ...BY_NAME, COMPARE];

// What keys and menus mean: the picture in the lightbox; else the one that has the focus, or all that are selected with
// it.

import { isTextField } from '../../app/keys';
import { gallery } from '../../stores/gallery';
import { lightbox, shownPicture } from '../../stores/lightbox';
import type { Picture } from '../../stores/pictures';
import { idsOf } from './marks';

/** Set by the grid that has the focus. */
let focused: string | null = null;

export function setFocused(key: string | null): void {
  focused = key;
}

export interface Target {
  /** Those of them that are known; of a large selection not all are. */
  readonly pictures: readonly Picture[];
  readonly keys: readonly string[];
  /** Of files of the gallery. */
  readonly ids: readonly number[];
}

const NONE: Target = { pictures: [], keys: [], ids: [] };

export function targetOf(picture: Picture): Target {
  return gallery.getState().selected.has(picture.key) ? targetOfSelection() : single(picture);
}

export function targetOfSelection(): Target {
  const { selected, items } = gallery.getState();
  const keys = [...selected];
  return {
    keys,
    ids: idsOf(keys),
    pictures: items.filter((each): each is Picture => each !== undefined && selected.has(each.key)),
  };
}

function single(picture: Picture): Target {
  return { pictures: [picture], keys: [picture.key], ids: picture.item === null ? [] : [picture.item.id] };
}

/** Whether keys mean the gallery: one of its grids or the lightbox has the focus, not a field or a menu in it. */
export function hasKeys(): boolean {
  const element = document.activeElement;
  if (isTextField(element) || document.querySelector('[role="menu"]') !== null) return false;
  if (lightbox.getState().source !== null)
    return element === document.body || element?.closest('[data-lightbox]') != null;
  return element?.closest('[data-gallery]') != null;
}

/** The target of a key; nothing if no part of the gallery has the focus. */
export function targetOfKeys(): Target {
  if (!hasKeys()) return NONE;
  if (lightbox.getState().source !== null) {
    const shown = shownPicture();
    return shown === null ? NONE : single(shown);
  }
  // On buttons around the list, keys mean what is selected.
  if (document.activeElement?.closest('[data-list]') == null) return targetOfSelection();
  const picture = gallery.getState().items.find((each) => each !== undefined && each.key === focused);
  return picture === undefined ? NONE : targetOf(picture);
}

// A picture that is dragged: onto the canvas or a node of ours, into another program, onto the desktop.

import { PICTURES } from '../../app/drags';
import type { Picture } from '../../stores/pictures';
import { targetOf } from './target';

const MOST = 12;

export function startDrag(data: DataTransfer, picture: Picture): void {
  const { pictures } = targetOf(picture);
  const all = [picture, ...pictures.filter((each) => each.key !== picture.key)].slice(0, MOST);
  data.effectAllowed = 'copy';
  data.setData(PICTURES, JSON.stringify(all));
  // Chromium saves the file itself where it is dropped; others take the address.
  data.setData(
    'DownloadURL',
    `${picture.mediaType || 'application/octet-stream'}:${picture.filename}:${picture.url}`,
  );
  data.setData('text/uri-list', all.map(({ url }) => url).join('\r\n'));
}

/** What was dragged here from the gallery; null if it was something else. */
export function dragged(data: DataTransfer): Picture[] | null {
  const text = data.getData(PICTURES);
  return text === '' ? null : (JSON.parse(text) as Picture[]);
}

// Pictures that leave the page: to the disk, one by one or as one archive, and to the clipboard.

import { readZip, zipUrl } from '../../api/gallery';
import { t } from '../../i18n/t';
import type { Picture } from '../../stores/pictures';
import { toast } from '../../ui/Toast';
import { attempt } from './attempt';

export function download(pictures: readonly Picture[]): void {
  for (const { url, filename } of pictures) save(url, filename);
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** Many as one archive: by a link, so that the browser shows how far it is; by a request where the link gets too long. */
export const downloadZip = (ids: readonly number[]) =>
  attempt(async () => {
    const link = zipUrl(ids);
    if (link !== null) {
      save(link, 'skein.zip');
      return;
    }
    const close = toast({ title: t('gallery.zipping', { count: ids.length }), key: 'zip', seconds: 0 });
    try {
      const url = URL.createObjectURL(await readZip(ids));
      save(url, 'skein.zip');
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } finally {
      close();
    }
  });

/** The picture itself, as PNG, which is what clipboards take. */
export const copyPicture = (picture: Picture) =>
  attempt(async () => {
    const blob = await (await fetch(picture.url)).blob();
    const png = blob.type === 'image/png' ? blob : await toPng(blob);
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    toast({ kind: 'success', title: t('gallery.copied'), key: 'copied' });
  });

async function toPng(blob: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(blob);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made === null ? reject(new Error(t('gallery.noCopy'))) : resolve(made)));
  });
}

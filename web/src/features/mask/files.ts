// From the server's picture to a mask that can be painted, and back: the mask is what is transparent.

import { api, request } from '../../api/client';
import { Mask, TILE } from '../../core/mask';
import { annotated, type PictureRef } from '../../core/picture';

/** Where masked pictures are kept, so that those of the user stay by themselves. */
const SUBFOLDER = 'clipspace';
const SMALL = 2048;

export interface Opened {
  /** The picture without its transparency, and smaller ones of it, the largest first. */
  readonly sources: readonly ImageBitmap[];
  readonly mask: Mask;
}

/** Read a picture and its mask. Throws in the server's words. */
export async function openPicture(ref: PictureRef, signal: AbortSignal): Promise<Opened> {
  const [picture, alpha] = await Promise.all([
    readBitmap(ref, { channel: 'rgb', preview: 'jpeg;95' }, signal),
    readBitmap(ref, { channel: 'a' }, signal),
  ]);
  const mask = new Mask(picture.width, picture.height);
  await readMask(alpha, mask, signal);
  alpha.close();
  const most = Math.max(picture.width, picture.height);
  const sources = [picture];
  if (most > SMALL) {
    const share = SMALL / most;
    sources.push(
      await createImageBitmap(picture, {
        resizeWidth: Math.round(picture.width * share),
        resizeHeight: Math.round(picture.height * share),
        resizeQuality: 'medium',
      }),
    );
  }
  return { sources, mask };
}

async function readBitmap(
  ref: PictureRef,
  look: { readonly channel: string; readonly preview?: string },
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const response = await request('GET', '/view', { query: { ...ref, ...look }, signal });
  return createImageBitmap(await response.blob());
}

/** Some rows at a time, so that the page goes on. */
async function readMask(alpha: ImageBitmap, mask: Mask, signal: AbortSignal): Promise<void> {
  const { width, height } = mask;
  const context = strip(width, Math.min(TILE, height));
  for (let top = 0; top < height; top += TILE) {
    signal.throwIfAborted();
    const rows = Math.min(TILE, height - top);
    context.clearRect(0, 0, width, TILE);
    context.drawImage(alpha, 0, top, width, rows, 0, 0, width, rows);
    mask.readAlpha(context.getImageData(0, 0, width, rows).data, top);
    await breathe();
  }
}

/** Keep the mask in a copy of the picture on the server; the value that names the copy. Throws in its words. */
export async function savePicture(ref: PictureRef, mask: Mask): Promise<string> {
  const { width, height } = mask;
  const context = strip(width, height);
  for (let top = 0; top < height; top += TILE) {
    const pixels = context.createImageData(width, Math.min(TILE, height - top));
    mask.writeAlpha(pixels.data, top);
    context.putImageData(pixels, 0, top);
    await breathe();
  }
  const blob = await new Promise<Blob | null>((resolve) => context.canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error(`${width} x ${height}`);
  const form = new FormData();
  form.append('image', blob, nameOfCopy(ref.filename));
  form.append('original_ref', JSON.stringify(ref));
  form.append('type', 'input');
  form.append('subfolder', SUBFOLDER);
  const stored = await api.post<{ readonly name: string; readonly subfolder: string }>('/upload/mask', form);
  return annotated({ filename: stored.name, subfolder: stored.subfolder, type: 'input' });
}

/** `fox.jpg` and `fox-masked (1).png` both become `fox-masked.png`; the server numbers what is there already. */
export function nameOfCopy(filename: string): string {
  const stem = filename.replace(/\.[^.]*$/, '').replace(/(-masked( \(\d+\))?)+$/, '');
  return `${stem}-masked.png`;
}

function strip(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser draws no canvas');
  return context;
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

// How far two pictures are the same, and a picture of what differs: black where they are equal, made eight times
// brighter where they are not.

import { request, wordsOf } from '../../api/client';
import { comparePixels, type PixelDifference } from '../../core/pixels';

export type Measured =
  | { readonly state: 'asking' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'unequal'; readonly a: string; readonly b: string }
  | { readonly state: 'done'; readonly difference: PixelDifference; readonly url: string };

const GAIN = 8;

export async function differenceOf(a: string, b: string): Promise<Measured> {
  try {
    const [one, other] = await Promise.all([read(a), read(b)]);
    if (one.width !== other.width || one.height !== other.height)
      return { state: 'unequal', a: sizeOf(one), b: sizeOf(other) };
    return {
      state: 'done',
      difference: comparePixels(one.data, other.data),
      url: URL.createObjectURL(await drawn(one, other)),
    };
  } catch (error) {
    return { state: 'failed', message: wordsOf(error) };
  }
}

function sizeOf({ width, height }: ImageData): string {
  return `${width} × ${height}`;
}

async function read(url: string): Promise<ImageData> {
  const address = new URL(url);
  const query = Object.fromEntries(address.searchParams);
  const bitmap = await createImageBitmap(await (await request('GET', address.pathname, { query })).blob(), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { context } = canvasOf(bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

function canvasOf(width: number, height: number) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return { canvas, context };
}

function drawn(a: ImageData, b: ImageData): Promise<Blob> {
  const { canvas, context } = canvasOf(a.width, a.height);
  const picture = context.createImageData(a.width, a.height);
  for (let at = 0; at < picture.data.length; at += 1) {
    const gap = Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
    picture.data[at] = at % 4 === 3 ? 255 : gap * GAIN;
  }
  context.putImageData(picture, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)));
  });
}

// How far two pictures are the same, pixel by pixel.

export interface PixelDifference {
  /** Pixels that differ at all. */
  readonly changed: number;
  readonly total: number;
  /** The largest difference of any channel, 0 to 255. */
  readonly most: number;
  /** The mean difference of a channel. */
  readonly mean: number;
}

/** RGBA data of two pictures of the same size. */
export function comparePixels(a: Uint8ClampedArray, b: Uint8ClampedArray): PixelDifference {
  const total = Math.min(a.length, b.length) / 4;
  let [changed, most, sum] = [0, 0, 0];
  for (let pixel = 0; pixel < total; pixel += 1) {
    let largest = 0;
    for (let at = pixel * 4; at < pixel * 4 + 4; at += 1) {
      const gap = Math.abs((a[at] ?? 0) - (b[at] ?? 0));
      sum += gap;
      if (gap > largest) largest = gap;
    }
    if (largest > 0) changed += 1;
    if (largest > most) most = largest;
  }
  return { changed, total, most, mean: total === 0 ? 0 : sum / (total * 4) };
}

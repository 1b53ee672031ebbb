// Small pictures for the canvas, decoded beside the main thread and kept within a budget. What is painted asks for a
// picture in each frame; only what the last frame has asked for is loaded, so nothing is for nodes out of sight.

export interface Drawable {
  readonly width: number;
  readonly height: number;
}

/** A picture in memory until it is closed, as `ImageBitmap` is. */
export interface Bitmap extends Drawable {
  close(): void;
}

/** Where a picture comes from: a place that gives it as small as it is asked for, or the picture itself. */
export type Origin = ((side: number) => string) | Blob;

export interface NodePicture {
  /** One at a time is kept of each key. */
  readonly key: string;
  /** Another number, another picture; the one before is shown until it has come. */
  readonly version: number;
  readonly origin: Origin;
}

/** Longer sides in pixels of the device: nothing larger is kept. */
export const SIDES = [128, 256] as const;
const BUDGET = 64 * 1024 * 1024;
const MOST_AT_ONCE = 4;
/** What could not be had is not asked for again so soon, in milliseconds. */
const PAUSE = 30_000;
const MOST_FAILED = 1000;

export type Load = (origin: Origin, side: number) => Promise<Bitmap>;

interface Kept {
  readonly bitmap: Bitmap;
  readonly bytes: number;
  readonly side: number;
  readonly version: number;
  /** The last frame that has shown it. */
  frame: number;
}

interface Wanted {
  readonly picture: NodePicture;
  readonly side: number;
}

export class Thumbnails {
  readonly #changed: () => void;
  readonly #load: Load;
  readonly #budget: number;
  /** The one that was shown longest ago comes first. */
  readonly #kept = new Map<string, Kept>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #loading = new Set<string>();
  readonly #failed = new Map<string, number>();
  #bytes = 0;
  #frame = 0;

  /** `changed` is told of each picture that comes. */
  constructor(changed: () => void, load: Load = loadBitmap, budget = BUDGET) {
    this.#changed = changed;
    this.#load = load;
    this.#budget = budget;
  }

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A frame begins: what is wanted is what it asks for. */
  begin(): void {
    this.#frame += 1;
    this.#wanted.clear();
  }

  /** A frame is painted. */
  end(): void {
    this.#loadNext();
  }

  /**
   * What there is of a picture, perhaps smaller or older than it should be; null without any.
   *
   * @param side how long its longer side is on the device; 0: it is not worth loading now.
   */
  take(picture: NodePicture, side: number): Drawable | null {
    const kept = this.#kept.get(picture.key);
    const needed = SIDES.find((each) => each >= side) ?? SIDES[SIDES.length - 1] ?? 0;
    if (side > 0 && (kept === undefined || kept.version !== picture.version || kept.side < needed))
      this.#wanted.set(picture.key, { picture, side: needed });
    if (kept === undefined) return null;
    kept.frame = this.#frame;
    this.#kept.delete(picture.key);
    this.#kept.set(picture.key, kept);
    return kept.bitmap;
  }

  clear(): void {
    for (const { bitmap } of this.#kept.values()) bitmap.close();
    this.#kept.clear();
    this.#wanted.clear();
    this.#failed.clear();
    this.#bytes = 0;
  }

  #loadNext(): void {
    for (const [key, { picture, side }] of this.#wanted) {
      if (this.#loading.size >= MOST_AT_ONCE || this.#isFull()) return;
      this.#wanted.delete(key);
      const name = `${picture.version}/${side}/${key}`;
      const failedAt = this.#failed.get(name) ?? Number.NEGATIVE_INFINITY;
      if (this.#loading.has(key) || performance.now() - failedAt < PAUSE) continue;
      void this.#fetch(key, name, picture, side);
    }
  }

  async #fetch(key: string, name: string, picture: NodePicture, side: number): Promise<void> {
    this.#loading.add(key);
    try {
      const bitmap = await this.#load(picture.origin, side);
      this.#failed.delete(name);
      this.#keep(key, bitmap, side, picture.version);
    } catch {
      // A node without its picture is no more than that; where the file is missing, its field says so.
      if (this.#failed.size >= MOST_FAILED) this.#failed.clear();
      this.#failed.set(name, performance.now());
    }
    this.#loading.delete(key);
    this.#loadNext();
  }

  #keep(key: string, bitmap: Bitmap, side: number, version: number): void {
    this.#drop(key);
    const bytes = bitmap.width * bitmap.height * 4;
    this.#kept.set(key, { bitmap, bytes, side, version, frame: this.#frame });
    this.#bytes += bytes;
    for (const [oldest, { frame }] of this.#kept) {
      if (this.#bytes <= this.#budget || frame === this.#frame) break;
      this.#drop(oldest);
    }
    this.#changed();
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
    kept.bitmap.close();
  }

  /** All that is kept is in sight, and there is no room for more. */
  #isFull(): boolean {
    const [oldest] = this.#kept.values();
    return this.#bytes >= this.#budget && oldest?.frame === this.#frame;
  }
}

/** Decoded beside the main thread. Throws where it cannot be had. */
export async function loadBitmap(origin: Origin, side: number): Promise<Bitmap> {
  if (origin instanceof Blob) return createImageBitmap(origin);
  const response = await fetch(origin(side), { credentials: 'same-origin' });
  if (!response.ok) throw new Error(response.statusText);
  return createImageBitmap(await response.blob());
}

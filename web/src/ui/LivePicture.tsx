// A picture that changes many times a second: decoded off the main thread, one at a time. What comes while one is being
// decoded takes the place of what waits, so late ones are never shown.

import { useEffect, useRef } from 'react';

export interface LivePictureProps {
  readonly blob: Blob;
  readonly label: string;
  readonly className?: string | undefined;
  readonly style?: React.CSSProperties | undefined;
  readonly onSize?: (width: number, height: number) => void;
}

/** Not more often than this: the eye sees no difference, the machine does. */
const APART = 100;

export function LivePicture({ blob, label, className, style, onSize }: LivePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const decoder = useRef<Decoder | null>(null);
  const told = useRef(onSize);
  told.current = onSize;
  useEffect(() => {
    const own = new Decoder((bitmap) => {
      const element = canvas.current;
      if (element === null) {
        bitmap.close();
        return;
      }
      const { width, height } = bitmap;
      if (element.width !== width || element.height !== height) {
        Object.assign(element, { width, height });
        told.current?.(width, height);
      }
      const context = element.getContext('bitmaprenderer');
      if (context === null) bitmap.close();
      else context.transferFromImageBitmap(bitmap);
    });
    decoder.current = own;
    return () => own.stop();
  }, []);
  useEffect(() => decoder.current?.take(blob), [blob]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      className={className}
      width={1}
      height={1}
      {...(style === undefined ? {} : { style })}
    />
  );
}

/** Decodes the latest of what it is given. */
export class Decoder {
  readonly #show: (bitmap: ImageBitmap) => void;
  readonly #decode: (blob: Blob) => Promise<ImageBitmap>;
  #waiting: Blob | null = null;
  #isBusy = false;
  #isStopped = false;

  constructor(show: (bitmap: ImageBitmap) => void, decode = (blob: Blob) => createImageBitmap(blob)) {
    this.#show = show;
    this.#decode = decode;
  }

  take(blob: Blob): void {
    this.#waiting = blob;
    if (!this.#isBusy) void this.#work();
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting = null;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting !== null) {
      const blob = this.#waiting;
      this.#waiting = null;
      try {
        const bitmap = await this.#decode(blob);
        if (this.#isStopped) bitmap.close();
        else this.#show(bitmap);
      } catch {
        // What is no picture is passed over; the next one may be.
      }
      if (!this.#isStopped) await new Promise((resolve) => setTimeout(resolve, APART));
    }
    this.#isBusy = false;
  }
}

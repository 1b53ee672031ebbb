// Two pictures over each other, and an edge between them. It is a range input, so it moves by the pointer and by keys.

import { type CSSProperties, useState } from 'react';
import { classes } from './classes';
import { PictureSign } from './PictureSign';
import css from './PictureSlider.module.css';

interface Side {
  readonly url: string;
  /** What a screen reader says of it. */
  readonly name: string;
}

export interface PictureSliderProps {
  /** At the left of the edge, and at its right. */
  readonly a: Side;
  readonly b: Side;
  /** What the edge is called. */
  readonly label: string;
  readonly className?: string | undefined;
}

export function PictureSlider({ a, b, label, className }: PictureSliderProps) {
  const [at, setAt] = useState(50);
  const [ratios, setRatios] = useState<Ratios>({});
  const measure = (side: keyof Ratios, { naturalWidth, naturalHeight }: HTMLImageElement) => {
    const ratio = naturalWidth / Math.max(1, naturalHeight);
    if (ratio > 0) setRatios((known) => ({ ...known, [side]: ratio }));
  };
  const picture = (side: keyof Ratios, { url, name }: Side, more?: string) => (
    <img
      className={classes(css['layer'], more)}
      src={url}
      alt={name}
      draggable={false}
      decoding="async"
      onLoad={(event) => measure(side, event.currentTarget)}
    />
  );
  return (
    <div className={classes(css['stage'], className)}>
      <div
        className={css['frame']}
        style={{ '--at': `${at}%`, ...shapeOf(ratios) } as CSSProperties}
        data-pair=""
      >
        {picture('b', b)}
        {picture('a', a, css['cut'])}
        <span className={css['line']} data-edge="" />
        <PictureSign sign="A" />
        <PictureSign sign="B" side="right" />
        <input
          className={css['range']}
          type="range"
          min={0}
          max={100}
          step={0.5}
          value={at}
          aria-label={label}
          aria-valuetext={`A ${Math.round(at)} %`}
          onChange={(event) => setAt(Number(event.target.value))}
        />
      </div>
    </div>
  );
}

/** Width by height, once a picture has come. */
interface Ratios {
  readonly a?: number;
  readonly b?: number;
}

function shapeOf({ a, b }: Ratios): Readonly<Record<string, number>> {
  const known = [a, b].flatMap((ratio) => ratio ?? []);
  return known.length === 0 ? {} : { '--widest': Math.max(...known), '--tallest': Math.min(...known) };
}

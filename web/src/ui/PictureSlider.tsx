// Two pictures over each other, and an edge between them. It is a range input, so it moves by the pointer and by keys.

import { type CSSProperties, useState } from 'react';
import { classes } from './classes';
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
  return (
    <div className={classes(css['stage'], className)} style={{ '--at': `${at}%` } as CSSProperties}>
      <img className={css['layer']} src={b.url} alt={b.name} draggable={false} decoding="async" />
      <img
        className={classes(css['layer'], css['cut'])}
        src={a.url}
        alt={a.name}
        draggable={false}
        decoding="async"
      />
      <span className={css['line']} />
      <span className={classes(css['sign'], css['signA'])} aria-hidden="true">
        A
      </span>
      <span className={classes(css['sign'], css['signB'])} aria-hidden="true">
        B
      </span>
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
  );
}

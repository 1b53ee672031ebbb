// Which of two pictures one is, in its corner, for the eye: their names say it, too.

import { classes } from './classes';
import css from './PictureSign.module.css';

interface PictureSignProps {
  readonly sign: 'A' | 'B';
  readonly side?: 'left' | 'right';
}

export function PictureSign({ sign, side = 'left' }: PictureSignProps) {
  return (
    <span className={classes(css['sign'], css[side])} aria-hidden="true">
      {sign}
    </span>
  );
}

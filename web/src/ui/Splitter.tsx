// The edge between two panels: dragged, or moved by arrow keys.

import { type PointerEvent, useRef } from 'react';
import { classes } from './classes';
import css from './Splitter.module.css';

export interface SplitterProps {
  readonly label: string;
  /** How it lies: a vertical line between left and right, or a horizontal one. */
  readonly line: 'vertical' | 'horizontal';
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** The panel that it sizes lies after it (right, below). */
  readonly isReversed?: boolean;
  readonly onChange: (value: number) => void;
}

const STEP = 16;

export function Splitter({ label, line, value, least, most, isReversed = false, onChange }: SplitterProps) {
  const grip = useRef<{ at: number; value: number } | null>(null);
  const sign = isReversed ? -1 : 1;
  const set = (next: number) => onChange(Math.min(most, Math.max(least, Math.round(next))));
  const at = (event: PointerEvent) => (line === 'vertical' ? event.clientX : event.clientY);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no <hr>
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={line}
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={most}
      className={classes(css['splitter'], css[line])}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { at: at(event), value };
      }}
      onPointerMove={(event) => {
        if (grip.current !== null) set(grip.current.value + sign * (at(event) - grip.current.at));
      }}
      onPointerUp={() => {
        grip.current = null;
      }}
      onKeyDown={(event) => {
        const [less, more] = line === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
        if (event.key !== less && event.key !== more) return;
        event.preventDefault();
        set(value + sign * (event.key === more ? STEP : -STEP));
      }}
    />
  );
}

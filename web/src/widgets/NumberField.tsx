// A number: drag to change it, step it, or type a value or an expression. Cheap markup until it is edited.

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { evaluate, fitted, isNumeric, type Numeric, numberText, shareOf, stepped } from '../core/numbers';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

const DRIFT = 3;
const PIXELS_A_STEP = 8;

interface Grip {
  readonly x: number;
  readonly value: Numeric;
  readonly width: number;
  isDragging: boolean;
}

export interface NumberFieldProps extends WidgetProps {
  /** Drag goes along a scale from least to most. */
  readonly isSlider?: boolean;
  /** What stands at the right end (a seed's buttons). */
  readonly children?: React.ReactNode;
}

export function NumberField(props: NumberFieldProps) {
  const { id, label, value, input, isReadOnly, isSlider = false, onChange, onSettle, children } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const grip = useRef<Grip | null>(null);
  const field = useRef<HTMLDivElement>(null);
  const isSound = isNumeric(value);
  const number: Numeric = isSound ? value : 0;
  const share = isSlider ? shareOf(number, input) : null;

  const finish = (text: string | null) => {
    setDraft(null);
    const found = text === null ? null : evaluate(text);
    if (found !== null) {
      const next = fitted(found, input);
      if (next !== value) onChange(next);
    }
    onSettle();
  };
  const step = (steps: number) => onChange(stepped(number, steps, input));

  if (draft !== null) {
    const isWrong = draft.trim() !== '' && evaluate(draft) === null;
    return (
      <div className={css['row']}>
        <label htmlFor={id} className={css['label']}>
          {label}
        </label>
        <input
          id={id}
          className={css['typed']}
          value={draft}
          inputMode="decimal"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: it takes the place of the field that has the focus
          autoFocus
          aria-invalid={isWrong}
          onFocus={(event) => event.target.value !== '' && draft.length > 1 && event.target.select()}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => finish(draft)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key !== 'Enter' && event.key !== 'Escape') return;
            event.preventDefault();
            finish(event.key === 'Enter' ? draft : null);
            requestAnimationFrame(() => field.current?.focus({ preventScroll: true }));
          }}
        />
      </div>
    );
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (isReadOnly || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = STEPS[event.key];
    const end = event.key === 'Home' ? input?.min : event.key === 'End' ? input?.max : null;
    if (steps !== undefined) step(steps * (event.shiftKey ? 10 : 1));
    else if (end != null) onChange(end);
    else if (event.key === 'Enter' || event.key === 'F2') setDraft(numberText(number, input));
    else if (/^[\d.(-]$/.test(event.key)) setDraft(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || isReadOnly) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { width } = event.currentTarget.getBoundingClientRect();
    grip.current = { x: event.clientX, value: number, width, isDragging: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const held = grip.current;
    if (held === null) return;
    const moved = event.clientX - held.x;
    if (!held.isDragging && Math.abs(moved) < DRIFT) return;
    held.isDragging = true;
    const speed = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
    if (share !== null && input?.min != null && input.max !== null) {
      const span = Number(input.max) - Number(input.min);
      onChange(onScale(Number(held.value) + (moved / held.width) * span, props));
    } else {
      const steps = Math.trunc((moved / PIXELS_A_STEP) * speed);
      const next = steps === 0 ? held.value : stepped(held.value, steps, input);
      if (next !== value) onChange(next);
    }
  };
  const onPointerUp = (event: PointerEvent) => {
    const held = grip.current;
    grip.current = null;
    if (held === null) return;
    if (held.isDragging) onSettle();
    else if (event.type === 'pointerup') setDraft(isSound ? numberText(number, input) : '');
  };
  const text = isSound ? numberText(number, input) : String(value);
  return (
    <div className={classes(css['row'], css['number'], !isSound && css['wrong'])}>
      {share !== null && (
        <span className={css['fill']} style={{ width: `${share * 100}%` }} aria-hidden="true" />
      )}
      <button
        type="button"
        className={css['stepper']}
        tabIndex={-1}
        disabled={isReadOnly}
        aria-label={t('widget.less', { label })}
        onClick={() => step(-1)}
      >
        <Icon name="chevronLeft" size={10} />
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its role is given by a condition */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role is given by a condition */}
      <div
        ref={field}
        id={id}
        className={css['dragged']}
        role={share !== null ? 'slider' : 'spinbutton'}
        tabIndex={0}
        aria-label={label}
        aria-valuenow={Number(number)}
        aria-valuetext={text}
        aria-invalid={!isSound}
        aria-readonly={isReadOnly}
        {...(input?.min != null ? { 'aria-valuemin': Number(input.min) } : {})}
        {...(input?.max != null ? { 'aria-valuemax': Number(input.max) } : {})}
        onKeyDown={onKeyDown}
        onBlur={onSettle}
        {...{ onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp }}
      >
        <span className={css['label']}>{label}</span>
        <span className={css['value']}>{text}</span>
      </div>
      {children}
      <button
        type="button"
        className={css['stepper']}
        tabIndex={-1}
        disabled={isReadOnly}
        aria-label={t('widget.more', { label })}
        onClick={() => step(1)}
      >
        <Icon name="chevronRight" size={10} />
      </button>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
};

/** A place on a scale, at a whole number of steps from its beginning. */
function onScale(place: number, { input }: WidgetProps): Numeric {
  const step = input?.step ?? (input?.type === 'INT' ? 1 : null);
  const start = Number(input?.min ?? 0);
  const snapped = step === null || step <= 0 ? place : start + Math.round((place - start) / step) * step;
  return fitted(Number(snapped.toFixed(6)), input);
}

export function Slider(props: WidgetProps) {
  return <NumberField {...props} isSlider />;
}

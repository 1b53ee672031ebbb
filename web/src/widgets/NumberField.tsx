// A number: drag to change it, step it, or type a value or an expression. Cheap markup until it is edited.

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { evaluate, fitted, isNumeric, type Numeric, numberText, shareOf, stepped } from '../core/numbers';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

const DRIFT = 3;
const PIXELS_A_STEP = 8;
/** From one end of a dial to the other. */
const DIAL_TRAVEL = 160;

interface Grip {
  readonly x: number;
  readonly y: number;
  readonly value: Numeric;
  readonly width: number;
  isDragging: boolean;
}

export interface NumberFieldProps extends WidgetProps {
  /** Drags go along a scale from least to most, which is shown as a bar or as a dial. */
  readonly scale?: 'bar' | 'dial' | null;
  /** What stands at the right end (a seed's buttons). */
  readonly children?: React.ReactNode;
}

export function NumberField(props: NumberFieldProps) {
  const {
    id,
    label,
    value,
    input,
    isReadOnly,
    scale = null,
    onChange,
    onSettle,
    onAbandon,
    children,
  } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const grip = useRef<Grip | null>(null);
  const field = useRef<HTMLDivElement>(null);
  const isSound = isNumeric(value);
  const number: Numeric = isSound ? value : 0;
  const share = scale !== null ? shareOf(number, input) : null;

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
            // At once, so that the next key finds the field: people type "128, Enter, Tab" without a pause.
            flushSync(() => finish(event.key === 'Enter' ? draft : null));
            field.current?.focus({ preventScroll: true });
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
    grip.current = { x: event.clientX, y: event.clientY, value: number, width, isDragging: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const held = grip.current;
    if (held === null) return;
    // A dial goes up with the hand, too.
    const moved = event.clientX - held.x + (scale === 'dial' ? held.y - event.clientY : 0);
    if (!held.isDragging && Math.abs(moved) < DRIFT) return;
    // What was done before it is a step of its own.
    if (!held.isDragging) onSettle();
    held.isDragging = true;
    const speed = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
    if (share !== null && input?.min != null && input.max !== null) {
      const span = Number(input.max) - Number(input.min);
      const width = scale === 'dial' ? DIAL_TRAVEL : held.width;
      onChange(onScale(Number(held.value) + (moved / width) * span * Math.min(1, speed), props));
    } else {
      const steps = Math.trunc((moved / PIXELS_A_STEP) * speed);
      const next = steps === 0 ? held.value : stepped(held.value, steps, input);
      if (next !== value) onChange(next);
    }
  };
  const onPointerUp = () => {
    const held = grip.current;
    grip.current = null;
    if (held === null) return;
    if (held.isDragging) onSettle();
    else setDraft(isSound ? numberText(number, input) : '');
  };
  /** The pointer was taken away, by a pinch or by the browser: nothing was meant for this field. */
  const onLost = () => {
    const held = grip.current;
    grip.current = null;
    if (held?.isDragging === true) onAbandon();
  };
  const text = isSound ? numberText(number, input) : String(value);
  return (
    <div className={classes(css['row'], css['number'], !isSound && css['wrong'])}>
      {share !== null && scale === 'bar' && (
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
        {...{ onPointerDown, onPointerMove, onPointerUp }}
        {...{ onPointerCancel: onLost, onLostPointerCapture: onLost }}
      >
        {share !== null && scale === 'dial' && <Dial share={share} />}
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
  return <NumberField {...props} scale="bar" />;
}

export function Knob(props: WidgetProps) {
  return <NumberField {...props} scale="dial" />;
}

/** Three quarters of a ring, filled up to the value. */
function Dial({ share }: { readonly share: number }) {
  return (
    <svg className={css['dial']} width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      {[1, share].map((part, index) => (
        <circle
          key={index === 0 ? 'track' : 'part'}
          className={index === 0 ? css['dialTrack'] : css['dialPart']}
          cx="9"
          cy="9"
          r="6.5"
          pathLength="100"
          strokeDasharray={`${part * 75} 100`}
          transform="rotate(135 9 9)"
        />
      ))}
      <line
        className={css['dialHand']}
        x1="9"
        y1="9"
        x2="13.5"
        y2="9"
        transform={`rotate(${135 + share * 270} 9 9)`}
      />
    </svg>
  );
}

// A colour: a swatch that opens the browser's own picker, and its code as text.

import { isNumeric } from '../core/numbers';
import { t } from '../i18n/t';
import { isForThePage } from './textKeys';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

/** As `#rrggbb`; colours are texts, or numbers of 24 bits. */
export function colourText(value: unknown): string {
  if (isNumeric(value)) return `#${(Number(value) & 0xffffff).toString(16).padStart(6, '0')}`;
  const text = typeof value === 'string' ? value.trim() : '';
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  if (short !== null)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`.toLowerCase();
  return /^#?[0-9a-f]{6}/i.test(text) ? `#${text.replace('#', '').slice(0, 6)}`.toLowerCase() : '#000000';
}

export function Color({ id, label, value, input, isReadOnly, onChange, onSettle }: WidgetProps) {
  const isNumber = input?.type === 'INT' || isNumeric(value);
  const set = (text: string) => onChange(isNumber ? Number.parseInt(colourText(text).slice(1), 16) : text);
  return (
    <div className={css['row']}>
      <label htmlFor={id} className={css['label']}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        className={css['typed']}
        value={isNumber ? colourText(value) : String(value ?? '')}
        readOnly={isReadOnly}
        spellCheck={false}
        onChange={(event) => set(event.target.value)}
        onBlur={onSettle}
        onKeyDown={(event) => isForThePage(event) || event.stopPropagation()}
      />
      <input
        type="color"
        className={css['swatch']}
        aria-label={t('widget.pickColour', { label })}
        value={colourText(value)}
        disabled={isReadOnly}
        onChange={(event) => set(event.target.value)}
        onBlur={onSettle}
      />
    </div>
  );
}

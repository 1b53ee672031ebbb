// A colour: a swatch that opens the browser's own picker, and its code as text.

import { colourOf } from '../core/colour';
import { isNumeric } from '../core/numbers';
import { t } from '../i18n/t';
import { isForThePage } from './textKeys';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

/** As `#rrggbb`; black for what is no colour. */
export function colourText(value: unknown): string {
  return colourOf(value) ?? '#000000';
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

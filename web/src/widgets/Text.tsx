// Text: a line, or an area with a scroll of its own. `data-direct`: what is typed is in the document at once, and the
// undo of the document is the undo of the field.

import { useRef } from 'react';
import { classes } from '../ui/classes';
import { useCaret } from './caret';
import { widgetHost } from './host';
import { isForThePage } from './textKeys';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export function Line({ id, label, value, input, isReadOnly, onChange, onSettle }: WidgetProps) {
  const field = useRef<HTMLInputElement>(null);
  const text = typeof value === 'string' ? value : String(value ?? '');
  const typed = useCaret(field, text);
  return (
    <div className={css['row']}>
      <label htmlFor={id} className={css['label']}>
        {label}
      </label>
      <input
        ref={field}
        id={id}
        type="text"
        data-direct=""
        className={css['typed']}
        value={text}
        placeholder={input?.placeholder ?? ''}
        readOnly={isReadOnly}
        autoComplete="off"
        spellCheck={widgetHost.spellcheck()}
        onChange={(event) => {
          typed(event.target.value);
          onChange(event.target.value);
        }}
        onBlur={onSettle}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (!isForThePage(event)) event.stopPropagation();
        }}
      />
    </div>
  );
}

export function Text({ id, label, value, input, isReadOnly, isRoomy, onChange, onSettle }: WidgetProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = typeof value === 'string' ? value : String(value ?? '');
  const typed = useCaret(field, text);
  return (
    <textarea
      ref={field}
      id={id}
      data-direct=""
      className={classes(css['area'], isRoomy && css['areaRoomy'])}
      aria-label={label}
      placeholder={input?.placeholder || label}
      value={text}
      readOnly={isReadOnly}
      spellCheck={widgetHost.spellcheck()}
      onChange={(event) => {
        typed(event.target.value);
        onChange(event.target.value);
      }}
      onBlur={onSettle}
      onKeyDown={(event) => event.key !== 'Escape' && !isForThePage(event) && event.stopPropagation()}
    />
  );
}

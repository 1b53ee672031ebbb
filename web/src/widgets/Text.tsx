// Text: a line, or an area with a scroll of its own.

import { classes } from '../ui/classes';
import { widgetHost } from './host';
import { isForThePage } from './textKeys';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export function Line({ id, label, value, input, isReadOnly, onChange, onSettle }: WidgetProps) {
  return (
    <div className={css['row']}>
      <label htmlFor={id} className={css['label']}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        className={css['typed']}
        value={typeof value === 'string' ? value : String(value ?? '')}
        placeholder={input?.placeholder ?? ''}
        readOnly={isReadOnly}
        autoComplete="off"
        spellCheck={widgetHost.spellcheck()}
        onChange={(event) => onChange(event.target.value)}
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
  return (
    <textarea
      id={id}
      className={classes(css['area'], isRoomy && css['areaRoomy'])}
      aria-label={label}
      placeholder={input?.placeholder || label}
      value={typeof value === 'string' ? value : String(value ?? '')}
      readOnly={isReadOnly}
      spellCheck={widgetHost.spellcheck()}
      onChange={(event) => onChange(event.target.value)}
      onBlur={onSettle}
      onKeyDown={(event) =>
        event.key !== 'Escape' && !event.ctrlKey && !isForThePage(event) && event.stopPropagation()
      }
    />
  );
}

// A value that no kind of widget is made for, as text. What stands in the file stays.

import { stringifyJson } from '../core/json';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export function Unknown({ label, value, name }: WidgetProps) {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  return (
    <div className={css['row']} title={text}>
      {!/^\d+$/.test(name) && <span className={css['label']}>{label}</span>}
      <span className={css['value']}>{text}</span>
    </div>
  );
}

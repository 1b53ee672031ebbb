// Yes or no, in the words that the node has for it.

import { asString } from '../core/json';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export function Toggle({ id, label, value, input, isReadOnly, onChange, onSettle }: WidgetProps) {
  const isOn = value === true;
  const isSound = typeof value === 'boolean';
  const words = !isSound
    ? String(value)
    : isOn
      ? (asString(input?.options['label_on']) ?? t('widget.on'))
      : (asString(input?.options['label_off']) ?? t('widget.off'));
  return (
    <button
      type="button"
      id={id}
      role="switch"
      aria-checked={isOn}
      aria-label={`${label}: ${words}`}
      disabled={isReadOnly}
      className={classes(css['row'], css['press'], !isSound && css['wrong'])}
      onClick={() => {
        onChange(!isOn);
        onSettle();
      }}
    >
      <span className={css['label']}>{label}</span>
      <span className={css['value']}>{words}</span>
      <span className={classes(css['switch'], isOn && css['switchOn'])} aria-hidden="true" />
    </button>
  );
}

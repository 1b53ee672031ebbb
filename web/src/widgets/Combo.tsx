// One of a list. The field is a button; the list opens beside it, with a filter and folders.

import { useRef } from 'react';
import { choicesFrom, nearestChoices } from '../core/choices';
import type { Json } from '../core/json';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import { ChoiceList, LIST_ID } from './ChoiceList';
import { isOffered } from './offered';
import { closePopup, showPopup, useIsPopupAt } from './popup';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export interface ComboProps extends WidgetProps {
  /** What there is to say of the list as a whole. */
  readonly notice?: string | null;
}

export function Combo(props: ComboProps) {
  const { id, label, value, input, isReadOnly, onChange, onSettle, notice = null } = props;
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = useIsPopupAt(button);
  const choices = input?.choices ?? [];
  const isWrong = !isOffered(value, input);
  const text = value === '' || value === null ? t('widget.none') : String(value);

  const pick = (next: Json) => {
    closePopup();
    if (next !== value) onChange(next);
    onSettle();
  };
  const open = (letter = '') => {
    if (button.current === null) return;
    const all = choicesFrom(choices);
    showPopup(
      button.current,
      label,
      <ChoiceList
        label={label}
        choices={all}
        value={value}
        filter={letter}
        least={button.current.getBoundingClientRect().width}
        notice={notice ?? (isWrong ? t('widget.notOffered', { value: text }) : null)}
        nearest={isWrong ? nearestChoices(text, all) : []}
        onPick={pick}
      />,
    );
  };
  const step = (by: number) => {
    const at = choices.indexOf(value);
    const next = choices[Math.min(choices.length - 1, Math.max(0, at + by))];
    if (next !== undefined && next !== value) onChange(next);
  };
  return (
    <button
      ref={button}
      type="button"
      id={id}
      role="combobox"
      aria-label={label}
      aria-expanded={isOpen}
      aria-haspopup="listbox"
      {...(isOpen ? { 'aria-controls': LIST_ID } : {})}
      aria-invalid={isWrong}
      disabled={isReadOnly}
      className={classes(css['row'], css['press'], isWrong && css['wrong'])}
      onClick={() => (isOpen ? closePopup() : open())}
      onBlur={onSettle}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey) return;
        if (event.altKey && event.key === 'ArrowDown') open();
        else if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
          step(event.key === 'ArrowDown' ? 1 : -1);
        else if (!event.altKey && /^[\p{L}\p{N}]$/u.test(event.key)) open(event.key);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className={css['label']}>{label}</span>
      <span className={css['value']}>
        <bdi>{text}</bdi>
      </span>
      <Icon name="chevronDown" size={10} />
    </button>
  );
}

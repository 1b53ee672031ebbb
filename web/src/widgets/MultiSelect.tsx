// Several of a list.

import { useRef, useState } from 'react';
import { choicesFrom, filterChoices } from '../core/choices';
import { asArray, type Json } from '../core/json';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import { VirtualList } from '../ui/VirtualList';
import list from './ChoiceList.module.css';
import { closePopup, showPopup, useIsPopupAt } from './popup';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

function chosenOf(value: Json): readonly Json[] {
  return (
    asArray(value) ??
    (typeof value === 'string' && value !== '' ? value.split(',').map((each) => each.trim()) : [])
  );
}

export function MultiSelect({ id, label, value, input, isReadOnly, onChange, onSettle }: WidgetProps) {
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = useIsPopupAt(button);
  const chosen = chosenOf(value);
  const choices = input?.choices ?? [];
  const isWrong = chosen.some((each) => !choices.includes(each));
  const text = chosen.length === 0 ? t('widget.none') : chosen.map(String).join(', ');
  return (
    <button
      ref={button}
      type="button"
      id={id}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      aria-label={`${label}: ${text}`}
      disabled={isReadOnly}
      className={classes(css['row'], css['press'], isWrong && css['wrong'])}
      onClick={() => {
        if (button.current === null || isOpen) return closePopup();
        showPopup(
          button.current,
          label,
          <Ticks label={label} choices={choices} value={chosen} onChange={onChange} />,
        );
      }}
      onBlur={onSettle}
    >
      <span className={css['label']}>{label}</span>
      <span className={css['value']}>{text}</span>
      <Icon name="chevronDown" size={10} />
    </button>
  );
}

interface TicksProps {
  readonly label: string;
  readonly choices: readonly Json[];
  readonly value: readonly Json[];
  readonly onChange: (value: readonly Json[]) => void;
}

function Ticks({ label, choices, value, onChange }: TicksProps) {
  const [chosen, setChosen] = useState(value);
  const [query, setQuery] = useState('');
  const all = choicesFrom([...choices, ...value.filter((each) => !choices.includes(each))]);
  const shown = filterChoices(all, query);
  const toggle = (each: Json) => {
    const next = chosen.includes(each) ? chosen.filter((other) => other !== each) : [...chosen, each];
    setChosen(next);
    onChange(next);
  };
  return (
    <div className={list['list']}>
      <input
        className={list['filter']}
        type="text"
        aria-label={t('widget.filter', { label })}
        placeholder={t('widget.filterHint', { count: choices.length })}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <div className={css['ticks']} style={{ height: Math.min(360, shown.length * 28) }}>
        <VirtualList items={shown} height={28} keyOf={(choice) => choice.text}>
          {(choice) => (
            <label className={classes(css['tick'], !choices.includes(choice.value) && css['tickWrong'])}>
              <input
                type="checkbox"
                checked={chosen.includes(choice.value)}
                onChange={() => toggle(choice.value)}
              />
              <span>{choice.text}</span>
            </label>
          )}
        </VirtualList>
      </div>
    </div>
  );
}

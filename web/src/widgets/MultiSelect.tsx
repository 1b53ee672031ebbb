// Several of a list.

import { useRef, useState } from 'react';
import { choicesFrom, filterChoices } from '../core/choices';
import { asArray, asObject, asString, type Json } from '../core/json';
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
  const isWrong = input?.choices != null && chosen.some((each) => !choices.includes(each));
  const look = asObject(input?.options['multi_select']);
  const text =
    chosen.length === 0
      ? asString(look?.['placeholder']) || input?.placeholder || t('widget.none')
      : chosen.map(String).join(', ');
  const showsChips = look?.['chip'] === true && chosen.length > 0;
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
      {showsChips ? (
        <span className={css['chips']}>
          {chosen.slice(0, MOST_CHIPS).map((each) => (
            <span key={String(each)} className={css['chip']}>
              {String(each)}
            </span>
          ))}
          {chosen.length > MOST_CHIPS && <span>+{chosen.length - MOST_CHIPS}</span>}
        </span>
      ) : (
        <span className={css['value']}>{text}</span>
      )}
      <Icon name="chevronDown" size={10} />
    </button>
  );
}

const MOST_CHIPS = 6;

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
  const set = (next: readonly Json[]) => {
    setChosen(next);
    onChange(next);
  };
  const toggle = (each: Json) =>
    set(chosen.includes(each) ? chosen.filter((other) => other !== each) : [...chosen, each]);
  /** In the order of the list, with what was chosen and is not shown. */
  const setShown = (isOn: boolean) => {
    const rest = chosen.filter((each) => !shown.some((choice) => choice.value === each));
    set(isOn ? [...rest, ...shown.map((choice) => choice.value)] : rest);
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
      <div className={css['tickBar']}>
        {([true, false] as const).map((isOn) => (
          <button key={String(isOn)} type="button" className={css['tickAll']} onClick={() => setShown(isOn)}>
            {t(isOn ? 'widget.all' : 'widget.nothing')}
          </button>
        ))}
      </div>
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

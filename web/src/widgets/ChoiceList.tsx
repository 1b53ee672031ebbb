// The list that a combo opens: a filter, folders, and only those rows on the page that are seen.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { type Choice, type ChoiceRow, choiceRows, filterChoices, folderOf } from '../core/choices';
import type { Json } from '../core/json';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import css from './ChoiceList.module.css';

/** One list is open at a time. */
export const LIST_ID = 'choice-list';
const ROW = 28;
const MOST_HEIGHT = 360;
const FEW = 8;

export interface ChoiceListProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: Json;
  readonly filter: string;
  /** Width of what it belongs to. */
  readonly least: number;
  readonly notice: string | null;
  readonly nearest: readonly Choice[];
  readonly onPick: (value: Json) => void;
}

export function ChoiceList(props: ChoiceListProps) {
  const { label, choices, value, least, notice, nearest, onPick } = props;
  const [query, setQuery] = useState(props.filter);
  const wanted = useDeferredValue(query);
  const [open, setOpen] = useState(() => new Set(foldersAbove(typeof value === 'string' ? value : '')));
  const rows = useMemo((): ChoiceRow[] => {
    if (wanted.trim() === '') return choiceRows(choices, (folder) => open.has(folder));
    return filterChoices(choices, wanted).map((choice) => ({
      kind: 'choice',
      choice,
      name: choice.text,
      depth: 0,
    }));
  }, [choices, wanted, open]);
  const start = rows.findIndex((row) => row.kind === 'choice' && row.choice.value === value);
  const [active, setActive] = useState(Math.max(0, start));
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 4,
    initialOffset: Math.max(0, start - 6) * ROW,
    initialRect: { width: least, height: MOST_HEIGHT },
  });
  const at = Math.min(active, rows.length - 1);

  const go = (to: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, to));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const toggle = (path: string, isOpen: boolean) => {
    const next = new Set(open);
    if (isOpen) next.add(path);
    else next.delete(path);
    setOpen(next);
  };
  const choose = (row: ChoiceRow | undefined) => {
    if (wanted !== query) {
      // What is shown lags behind what is typed; Enter means what is typed.
      const best = filterChoices(choices, query)[0];
      if (best !== undefined) onPick(best.value);
      return;
    }
    if (row?.kind === 'choice') onPick(row.choice.value);
    else if (row?.kind === 'folder') toggle(row.path, !row.isOpen);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    };
    const to = moves[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter') choose(row);
    else if (event.key === 'ArrowRight' && row?.kind === 'folder' && query === '') toggle(row.path, true);
    else if (event.key === 'ArrowLeft' && row !== undefined && query === '') {
      if (row.kind === 'folder' && row.isOpen) toggle(row.path, false);
      else go(rows.findLastIndex((each, index) => index < at && each.depth < row.depth));
    } else return;
    event.preventDefault();
  };
  return (
    <div className={css['list']} style={{ minWidth: Math.max(220, Math.min(least, 480)) }}>
      {notice !== null && (
        <div className={css['notice']} role="alert">
          <p>{notice}</p>
          {nearest.length > 0 && <p className={css['hint']}>{t('widget.nearest')}</p>}
          {nearest.map((choice) => (
            <button
              key={choice.text}
              type="button"
              className={css['near']}
              onClick={() => onPick(choice.value)}
            >
              {choice.text}
            </button>
          ))}
        </div>
      )}
      <input
        className={classes(css['filter'], choices.length < FEW && css['filterQuiet'])}
        type="text"
        role="combobox"
        aria-label={t('widget.filter', { label })}
        aria-expanded="true"
        aria-controls={LIST_ID}
        aria-activedescendant={rows.length > 0 ? `choice-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={t('widget.filterHint', { count: choices.length })}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
          virtual.scrollToOffset(0);
        }}
        onKeyDown={onKeyDown}
      />
      {rows.length === 0 ? (
        <p className={css['nothing']}>{t(choices.length === 0 ? 'widget.noChoices' : 'widget.noMatch')}</p>
      ) : (
        <div
          ref={box}
          id={LIST_ID}
          role="listbox"
          aria-label={label}
          tabIndex={-1}
          className={css['rows']}
          style={{ height: Math.min(MOST_HEIGHT, rows.length * ROW) }}
        >
          <div style={{ position: 'relative', height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start: top }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const isChosen = row.kind === 'choice' && row.choice.value === value;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard at the filter
                <div
                  key={index}
                  id={`choice-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={isChosen}
                  {...(row.kind === 'folder' ? { 'aria-expanded': row.isOpen } : {})}
                  className={classes(css['choice'], index === at && css['active'], isChosen && css['chosen'])}
                  style={{ top, paddingLeft: 8 + row.depth * 14 }}
                  title={row.kind === 'choice' ? row.choice.text : row.path}
                  onPointerMove={() => index !== at && setActive(index)}
                  onClick={() => choose(row)}
                >
                  {row.kind === 'folder' && (
                    <Icon name={row.isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
                  )}
                  {row.kind === 'folder' && <Icon name="folder" size={14} />}
                  <span className={css['name']}>{row.name}</span>
                  {row.kind === 'folder' && <span className={css['count']}>{row.count}</span>}
                  {isChosen && <Icon name="check" size={14} />}
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

/** `a`, `a/b` for `a/b/c.safetensors`. */
function foldersAbove(text: string): string[] {
  const parts = folderOf(text).split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

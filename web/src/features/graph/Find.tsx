// Find in the workflow: by title, type, number or what a node holds; Enter goes there, and on to the next.

import { useEffect, useMemo, useState } from 'react';
import { takeTyped } from '../../app/early';
import { jumpTo } from '../../app/scopes';
import { focusCanvas, view } from '../../app/view';
import { type Found, findNodes } from '../../core/find';
import { t } from '../../i18n/t';
import css from './graph.module.css';
import { closeFinder } from './shown.store';

function close(): void {
  closeFinder();
  focusCanvas();
}

export function Find() {
  const [early] = useState(takeTyped);
  const [query, setQuery] = useState(early.text);
  const [chosen, setChosen] = useState(0);
  const found = useMemo(() => (view.doc === null ? [] : findNodes(view.doc, view.catalog, query)), [query]);
  const go = (place: number) => {
    const hit = found[place];
    setChosen(place);
    if (hit !== undefined) jumpTo(hit.scope, hit.node);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for what was typed before it was there
  useEffect(() => {
    if (early.isDone) go(0);
  }, []);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      setChosen((chosen + step + found.length) % found.length);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      go(chosen);
      event.preventDefault();
      if (event.shiftKey) close();
      else if (found.length > 1) setChosen((chosen + 1) % found.length);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return (
    <search className={css['find']} onKeyDown={onKeyDown}>
      <input
        // biome-ignore lint/a11y/noAutofocus: opened to be typed in
        autoFocus
        type="text"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="find-results"
        aria-label={t('graph.find')}
        aria-activedescendant={found.length > 0 ? `found-${chosen}` : undefined}
        placeholder={t('graph.findHint')}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
      />
      {query.trim() !== '' && (
        <div className={css['note']} role="status">
          {found.length === 0 ? t('graph.findNone') : t('graph.findSome', { count: found.length })}
        </div>
      )}
      <div className={css['results']} id="find-results" role="listbox" aria-label={t('graph.find')}>
        {found.slice(0, 60).map((hit, place) => (
          <Row key={`${hit.scope}/${hit.node}`} hit={hit} place={place} isChosen={place === chosen} go={go} />
        ))}
      </div>
    </search>
  );
}

interface RowProps {
  readonly hit: Found;
  readonly place: number;
  readonly isChosen: boolean;
  readonly go: (place: number) => void;
}

function Row({ hit, place, isChosen, go }: RowProps) {
  return (
    <button
      type="button"
      id={`found-${place}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      className={css['row']}
      onClick={() => go(place)}
    >
      <span>
        {hit.title} #{hit.node}
      </span>
      <small>{hit.value === null ? hit.type : `${hit.value.name}: ${hit.value.text}`}</small>
    </button>
  );
}

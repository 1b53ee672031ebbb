// Finding a node type by a few letters, with what it is beside the list. Enter adds it where the search was asked for.

import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { focusCanvas, view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import { reaches } from '../../core/definitions';
import { NodeSearch, type SearchFilter } from '../../core/search';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { addAt, addBeside, replaceWith, sharedType } from './add';
import { NodePreview } from './NodePreview';
import css from './SearchPanel.module.css';
import { closeSearch, search, usesOf } from './store';

const WIDTH = 640;
const HEIGHT = 420;
/** More than anybody looks through; a further letter finds the rest. */
const MOST_SHOWN = 30;

export function SearchPanel() {
  const isOpen = useStore(search, (state) => state.isOpen);
  return isOpen ? <OpenPanel /> : null;
}

function OpenPanel() {
  const { at, screen, link, replaces, query: first } = useStore(search);
  const types = useStore(catalog, (state) => state.types);
  const [query, setQuery] = useState(first);
  const [category, setCategory] = useState('');
  const [isFree, setFree] = useState(false);
  const [active, setActive] = useState(0);
  const panel = useRef<HTMLDivElement>(null);
  const index = useMemo(() => {
    const shared = sharedType(link);
    return new NodeSearch([...(shared === null ? [] : [shared]), ...types.values(), ...ownSubgraphs()]);
  }, [types, link]);
  const categories = useMemo(() => topCategories(types.values()), [types]);
  const filter = useMemo((): SearchFilter => {
    const byLink =
      link === null || isFree ? {} : link.end === 'output' ? { takes: link.type } : { gives: link.type };
    return { ...byLink, ...(category === '' ? {} : { category }) };
  }, [link, isFree, category]);
  // In the frame of the key: a frame more for the list costs more than looking it up.
  const found = useMemo(() => index.find(query, filter, usesOf(), MOST_SHOWN), [index, query, filter]);
  const chosen = found[Math.min(active, found.length - 1)];

  useEffect(() => {
    const leave = (event: PointerEvent) => {
      if (event.target instanceof Node && panel.current?.contains(event.target) === false) closeSearch();
    };
    window.addEventListener('pointerdown', leave, true);
    return () => window.removeEventListener('pointerdown', leave, true);
  }, []);

  const choose = useCallback(
    (type: NodeType | undefined) => {
      if (type === undefined) return;
      closeSearch();
      if (replaces !== null) replaceWith(replaces, type);
      else if (at === null) addBeside(type, link);
      else addAt(type, at, link);
      focusCanvas();
    },
    [replaces, at, link],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const by = moves[event.key];
    if (by !== undefined)
      setActive(Math.min(found.length - 1, Math.max(0, Math.min(active, found.length - 1) + by)));
    else if (event.key === 'Enter') choose(chosen);
    else if (event.key === 'Escape') {
      closeSearch();
      focusCanvas();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { width, height } = view.view;
  const left = Math.max(8, Math.min(screen.x - 20, width - WIDTH - 8));
  const top = Math.max(8, Math.min(screen.y - 20, height - HEIGHT - 8));
  return (
    <div
      ref={panel}
      className={css['panel']}
      style={{ left, top, width: Math.min(WIDTH, width - 16), height: Math.min(HEIGHT, height - 16) }}
      role="dialog"
      aria-label={t(replaces === null ? 'search.title' : 'search.replaceTitle')}
    >
      <div className={css['head']}>
        <Icon name="search" />
        <input
          className={css['query']}
          type="text"
          role="combobox"
          aria-label={t('search.query')}
          aria-expanded="true"
          aria-controls="search-list"
          aria-autocomplete="list"
          aria-activedescendant={
            chosen === undefined ? undefined : `search-${Math.min(active, found.length - 1)}`
          }
          placeholder={t(replaces === null ? 'search.placeholder' : 'search.replacePlaceholder')}
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: whoever asks for the search wants to type
          autoFocus
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <CategoryChoice categories={categories} value={category} onChoose={setCategory} />
      </div>
      {link !== null && (
        <p className={css['filter']}>
          <button
            type="button"
            className={css['chip']}
            aria-pressed={!isFree}
            onClick={() => setFree(!isFree)}
            title={t('search.filterHint')}
          >
            {t(link.end === 'output' ? 'search.takes' : 'search.gives', { type: link.type })}
            <Icon name={isFree ? 'plus' : 'close'} size={12} />
          </button>
        </p>
      )}
      <div className={css['body']}>
        <Results
          found={found}
          active={Math.min(active, found.length - 1)}
          onHover={setActive}
          onChoose={choose}
        />
        {chosen !== undefined && width > 560 && <NodePreview type={chosen} />}
      </div>
    </div>
  );
}

/** The subgraphs of this workflow, but for those that the graph on the screen stands in. */
function ownSubgraphs(): NodeType[] {
  const { doc, scope } = view;
  if (doc === null) return [];
  return [...view.catalog.values()]
    .filter((type) => type.promoted !== undefined && (scope === '' || !reaches(doc, type.type, scope)))
    .map((type) => ({ ...type, category: t('search.subgraphs') }));
}

interface CategoryProps {
  readonly categories: readonly string[];
  readonly value: string;
  readonly onChoose: (category: string) => void;
}

/** Not drawn again with every letter of the query; nor are the results while they stay the same. */
const CategoryChoice = memo(function CategoryChoice({ categories, value, onChoose }: CategoryProps) {
  return (
    <select
      className={css['category']}
      aria-label={t('search.category')}
      value={value}
      onChange={(event) => onChoose(event.target.value)}
    >
      <option value="">{t('search.everyCategory')}</option>
      {categories.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
});

interface ResultsProps {
  readonly found: readonly NodeType[];
  readonly active: number;
  readonly onHover: (index: number) => void;
  readonly onChoose: (type: NodeType) => void;
}

const Results = memo(function Results({ found, active, onHover, onChoose }: ResultsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`#search-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  if (found.length === 0) return <p className={css['nothing']}>{t('search.nothing')}</p>;
  const placeOf = (target: EventTarget): number => {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
    return row === null ? -1 : Number(row.dataset['place']);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard at the field
    <div
      ref={list}
      id="search-list"
      role="listbox"
      aria-label={t('search.results')}
      tabIndex={-1}
      className={css['list']}
      onPointerMove={(event) => {
        const place = placeOf(event.target);
        if (place >= 0 && place !== active) onHover(place);
      }}
      onClick={(event) => {
        const type = found[placeOf(event.target)];
        if (type !== undefined) onChoose(type);
      }}
    >
      {found.map((type, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is a place; another text is cheaper than another row
        <Result key={index} type={type} place={index} isActive={index === active} />
      ))}
    </div>
  );
});

interface ResultProps {
  readonly type: NodeType;
  readonly place: number;
  readonly isActive: boolean;
}

/** Drawn again only if it changes: a letter more changes few rows. */
const Result = memo(function Result({ type, place, isActive }: ResultProps) {
  return (
    <div
      id={`search-${place}`}
      data-place={place}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      className={classes(css['result'], isActive && css['active'])}
    >
      <span className={css['name']}>{type.display_name}</span>
      {type.deprecated && <span className={css['mark']}>{t('node.deprecated')}</span>}
      {type.experimental && <span className={css['mark']}>{t('node.experimental')}</span>}
      <span className={css['where']}>{type.category}</span>
    </div>
  );
});

function topCategories(types: Iterable<NodeType>): string[] {
  const found = new Set<string>();
  for (const { category } of types) {
    const parts = category.split('/');
    for (let count = 1; count <= Math.min(2, parts.length); count += 1)
      found.add(parts.slice(0, count).join('/'));
  }
  found.delete('');
  return [...found].sort();
}

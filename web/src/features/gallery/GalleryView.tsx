// The gallery wherever it stands: search, filters, the files themselves, and what can be done with those selected.

import { type ReactNode, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { gallery, loadFacets, loadGallery, refreshGallery } from '../../stores/gallery';
import type { Picture } from '../../stores/pictures';
import { Button, IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Empty } from '../../ui/Empty';
import { Select } from '../../ui/Field';
import { Menu, type MenuItem } from '../../ui/Menu';
import { Spinner } from '../../ui/Spinner';
import { Filters } from './Filters';
import css from './Gallery.module.css';
import { Grid } from './Grid';
import { HoverPreview } from './HoverPreview';
import { ORDERS, type OrderName, orderOf } from './orders';
import { SearchField } from './SearchField';
import { SelectionBar } from './SelectionBar';

const CELLS = { small: 104, large: 200 } as const;

export interface GalleryViewProps {
  readonly place: 'panel' | 'window';
  readonly title?: string;
  /** At the end of the bar. */
  readonly extra?: ReactNode;
  readonly onPick?: (picture: Picture) => void;
}

export function GalleryView({ place, title, extra, onPick }: GalleryViewProps) {
  const { source, state, error, query, sort, descending, isIndexing } = useStore(gallery);
  const count = useStore(gallery, (each) => each.items.length);
  const [showsFilters, setFilters] = useState(place === 'window' && window.innerWidth > 720);
  const [isLarge, setLarge] = useState(false);
  const [isSelecting, setSelecting] = useState(false);
  useEffect(() => {
    void (gallery.getState().state === 'ready' ? refreshGallery() : loadGallery());
  }, []);
  const isOutput = source === 'output';
  useEffect(() => {
    if (showsFilters && isOutput) void loadFacets();
  }, [showsFilters, isOutput]);
  const choices: MenuItem[] = [
    ...(['output', 'temp'] as const).map((each) => ({
      id: each,
      label: t(`gallery.source.${each}`),
      isChecked: source === each,
      onSelect: () => void loadGallery({ source: each }),
    })),
    { kind: 'separator', id: 'line' },
    {
      id: 'large',
      label: t('gallery.largeCells'),
      isChecked: isLarge,
      onSelect: () => setLarge(!isLarge),
    },
    {
      id: 'selecting',
      label: t('gallery.selecting'),
      isChecked: isSelecting,
      onSelect: () => setSelecting(!isSelecting),
    },
  ];
  return (
    <div className={classes(css['view'], css[place])} data-gallery="">
      <div className={css['bar']}>
        {title !== undefined && <h2 className={css['heading']}>{title}</h2>}
        {isOutput && <SearchField />}
        {place === 'window' && extra}
      </div>
      <div className={css['tools']}>
        <IconButton
          icon="filter"
          size="small"
          label={t('gallery.filters')}
          isActive={showsFilters && isOutput}
          aria-expanded={showsFilters && isOutput}
          disabled={!isOutput}
          onClick={() => setFilters(!showsFilters)}
        />
        {isOutput && <Order />}
        <span className={css['grow']} />
        <Menu items={choices} align="end">
          <IconButton icon="dots" size="small" label={t('gallery.view')} />
        </Menu>
        {place === 'panel' && extra}
      </div>
      <div className={css['parts']}>
        {showsFilters && isOutput && <Filters />}
        <div className={css['list']}>
          {state === 'idle' && <Spinner label={t('app.loading')} />}
          {state === 'failed' && (
            <Empty icon="alert" title={t('gallery.failed')} text={error}>
              <Button onClick={() => void loadGallery()}>{t('gallery.refresh')}</Button>
            </Empty>
          )}
          {state === 'ready' && count === 0 && (
            <Nothing isSearch={isOutput && query !== ''} isIndexing={isIndexing} />
          )}
          {state === 'ready' && count > 0 && (
            <Grid
              key={`${source} ${sort} ${descending} ${query}`}
              cell={isLarge ? CELLS.large : CELLS.small}
              isSelecting={isSelecting}
              onPick={onPick}
            />
          )}
        </div>
      </div>
      <SelectionBar
        count={count}
        isIndexing={isIndexing}
        canChange={onPick === undefined}
        isNarrow={place === 'panel'}
      />
      <HoverPreview />
    </div>
  );
}

function Nothing({ isSearch, isIndexing }: { readonly isSearch: boolean; readonly isIndexing: boolean }) {
  if (isIndexing)
    return <Empty icon="clock" title={t('gallery.indexing')} text={t('gallery.indexingText')} />;
  if (isSearch)
    return (
      <Empty icon="search" title={t('gallery.noneFound')}>
        <Button onClick={() => void loadGallery({ query: '' })}>{t('gallery.showAll')}</Button>
      </Empty>
    );
  return <Empty icon="image" title={t('gallery.empty')} text={t('gallery.emptyText')} />;
}

function Order() {
  const { sort, descending } = useStore(gallery);
  return (
    <Select
      className={css['sort']}
      aria-label={t('gallery.order')}
      value={orderOf(sort, descending)}
      options={Object.keys(ORDERS).map((value) => ({
        value,
        label: t(`gallery.order.${value as OrderName}`),
      }))}
      onChange={(value) => void loadGallery(ORDERS[value as OrderName])}
    />
  );
}

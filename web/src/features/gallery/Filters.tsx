// By what the files can be told apart, each with its number; a press writes it into the search, another takes it out.

import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { GalleryFacets } from '../../api/gallery';
import { folderTree, markOf, wantedOf, withMark, withValue } from '../../core/terms';
import { t } from '../../i18n/t';
import { gallery, loadGallery } from '../../stores/gallery';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import css from './Filters.module.css';
import { FolderTree } from './FolderTree';

type Values = GalleryFacets['models'];
const FEW = 6;

export function Filters() {
  const facets = useStore(gallery, (state) => state.facets);
  const query = useStore(gallery, (state) => state.query);
  if (facets === null) return null;
  const search = (next: string) => void loadGallery({ query: next });
  const folders = folderTree(facets.folders);
  return (
    <aside className={css['filters']} aria-label={t('gallery.filters')}>
      {query !== '' && (
        <Button size="small" icon="close" onClick={() => search('')}>
          {t('gallery.showAll')}
        </Button>
      )}
      <Marks facets={facets} query={query} search={search} />
      {folders.length > 0 && (
        <Group title={t('gallery.folders')}>
          <FolderTree
            folders={folders}
            chosen={wantedOf(query, 'folder')}
            choose={(path) => search(withValue(query, 'folder', path))}
          />
        </Group>
      )}
      {facets.kinds.length > 1 && (
        <Facet
          facet="kind"
          query={query}
          search={search}
          values={facets.kinds}
          label={(value) => t(`gallery.kind.${value as 'picture' | 'video' | 'audio'}`)}
        />
      )}
      <Facet facet="model" query={query} search={search} values={facets.models} />
      <Facet facet="tag" query={query} search={search} values={facets.tags} />
      <Facet
        facet="size"
        query={query}
        search={search}
        values={facets.sizes}
        label={(value) => value.replace('x', ' × ')}
      />
      <Facet facet="date" query={query} search={search} values={facets.months} />
    </aside>
  );
}

interface PartProps {
  readonly query: string;
  readonly search: (query: string) => void;
}

function Marks({ facets, query, search }: PartProps & { readonly facets: GalleryFacets }) {
  const counts = new Map(facets.marks.map(({ value, count }) => [value, count]));
  const ratings = new Map(facets.ratings.map(({ value, count }) => [Number(value), count]));
  const least = wantedOf(query, 'rating');
  const atLeast = (rating: number) =>
    [...ratings].reduce((sum, [value, count]) => (value >= rating ? sum + count : sum), 0);
  return (
    <Group title={t('gallery.marks')}>
      <Value
        label={t('gallery.starred')}
        count={counts.get('star') ?? 0}
        isOn={markOf(query, 'star') === true}
        onClick={() => search(withMark(query, 'star', markOf(query, 'star') === true ? null : true))}
      />
      {[5, 4, 3, 2, 1].map((rating) => {
        const value = rating === 5 ? '5' : `>=${rating}`;
        // A row that counts no more than the one above says nothing.
        const more = rating === 5 ? 0 : atLeast(rating + 1);
        if (atLeast(rating) === more && least !== value) return null;
        return (
          <Value
            key={rating}
            label={rating === 5 ? '★★★★★' : t('gallery.ratedAtLeast', { stars: '★'.repeat(rating) })}
            count={atLeast(rating)}
            isOn={least === value}
            onClick={() => search(withValue(query, 'rating', least === value ? null : value))}
          />
        );
      })}
      <Value
        label={t('gallery.unrated')}
        count={ratings.get(0) ?? 0}
        isOn={least === '0'}
        onClick={() => search(withValue(query, 'rating', least === '0' ? null : '0'))}
      />
      {([true, false] as const).map((isWanted) => {
        const rejected = counts.get('rejected') ?? 0;
        const isOn = markOf(query, 'rejected') === isWanted;
        if (rejected === 0 && !isOn) return null;
        return (
          <Value
            key={String(isWanted)}
            label={t(isWanted ? 'gallery.rejected' : 'gallery.withoutRejected')}
            count={isWanted ? rejected : atLeast(0) - rejected}
            isOn={isOn}
            onClick={() => search(withMark(query, 'rejected', isOn ? null : isWanted))}
          />
        );
      })}
    </Group>
  );
}

interface FacetProps extends PartProps {
  readonly facet: 'kind' | 'model' | 'tag' | 'size' | 'date';
  readonly values: Values;
  readonly label?: (value: string) => string;
}

function Facet({ facet, query, search, values, label = (value) => value }: FacetProps) {
  const [showsAll, setShowsAll] = useState(false);
  const chosen = wantedOf(query, facet);
  if (values.length === 0) return null;
  const shown = values.filter(({ value }, index) => showsAll || index < FEW || value === chosen);
  return (
    <Group title={t(`gallery.facet.${facet}`)}>
      {shown.map(({ value, count }) => (
        <Value
          key={value}
          label={label(value)}
          count={count}
          isOn={chosen === value}
          onClick={() => search(withValue(query, facet, chosen === value ? null : value))}
        />
      ))}
      {values.length > FEW && (
        <button
          type="button"
          className={css['more']}
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? t('gallery.fewer') : t('gallery.allOf', { count: values.length })}
        </button>
      )}
    </Group>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className={css['group']} open>
      <summary className={css['title']}>
        <Icon name="chevronRight" size={12} />
        {title}
      </summary>
      <div className={css['values']}>{children}</div>
    </details>
  );
}

interface ValueProps {
  readonly label: string;
  readonly count: number;
  readonly isOn: boolean;
  readonly onClick: () => void;
}

function Value({ label, count, isOn, onClick }: ValueProps) {
  return (
    <button
      type="button"
      className={classes(css['value'], isOn && css['on'])}
      aria-pressed={isOn}
      title={label}
      onClick={onClick}
    >
      <span className={css['label']}>{label}</span>
      <span className={css['count']}>{count.toLocaleString()}</span>
    </button>
  );
}

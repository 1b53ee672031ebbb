// Below the files: how many there are, and what can be done with those that are selected. Always there, so that nothing
// moves when the first one is.

import { useStore } from 'zustand';
import { keysOfCommand } from '../../app/keys';
import { t } from '../../i18n/t';
import { clearSelected, gallery } from '../../stores/gallery';
import type { Picture } from '../../stores/pictures';
import { IconButton } from '../../ui/Button';
import { comparePictures } from './actions';
import { download, downloadZip } from './files';
import css from './Gallery.module.css';
import { askDelete, askTags, idsOf, loadedItems, mark, toggleMark } from './marks';
import { Stars } from './Stars';

interface SelectionBarProps {
  readonly count: number;
  readonly isIndexing: boolean;
  readonly canChange: boolean;
  /** There is no room for all of it. */
  readonly isNarrow: boolean;
}

export function SelectionBar({ count, isIndexing, canChange, isNarrow }: SelectionBarProps) {
  const selected = useStore(gallery, (state) => state.selected);
  const words =
    selected.size > 0
      ? t('gallery.selectedOf', { selected: selected.size.toLocaleString(), count: count.toLocaleString() })
      : t('gallery.count', { count: count.toLocaleString() });
  return (
    <div className={css['selection']}>
      <span className={css['count']} role="status">
        {isIndexing ? `${words} · ${t('gallery.indexing')}` : words}
      </span>
      {canChange && selected.size > 0 && <Actions selected={selected} isNarrow={isNarrow} />}
    </div>
  );
}

interface ActionsProps {
  readonly selected: ReadonlySet<string>;
  readonly isNarrow: boolean;
}

function Actions({ selected, isNarrow }: ActionsProps) {
  const items = useStore(gallery, (state) => state.items);
  const ids = idsOf(selected);
  const pictures = items.filter(
    (picture): picture is Picture => picture !== undefined && selected.has(picture.key),
  );
  const known = loadedItems(ids);
  const [a, b] = pictures;
  const canCompare = selected.size === 2 && pictures.every(({ medium }) => medium === 'picture');
  const ratings = new Set(known.map(({ rating }) => rating));
  return (
    <div className={css['actions']}>
      {ids.length > 0 && (
        <>
          <IconButton
            icon="star"
            size="small"
            side="top"
            label={t('gallery.star')}
            keys={keysOfCommand('gallery.star')}
            isActive={known.length > 0 && known.every(({ star }) => star)}
            onClick={() => void toggleMark(known, ids, 'star')}
          />
          {!isNarrow && (
            <span className={css['roomy']}>
              <Stars
                rating={ratings.size === 1 ? ([...ratings][0] ?? 0) : 0}
                rate={(rating) => void mark(ids, { rating })}
              />
            </span>
          )}
          <IconButton
            icon="mute"
            size="small"
            side="top"
            label={t('gallery.reject')}
            keys={keysOfCommand('gallery.reject')}
            isActive={known.length > 0 && known.every(({ rejected }) => rejected)}
            onClick={() => void toggleMark(known, ids, 'rejected')}
          />
          <IconButton
            icon="tag"
            size="small"
            side="top"
            label={t('gallery.tag')}
            keys={keysOfCommand('gallery.tag')}
            onClick={() => void askTags(ids)}
          />
        </>
      )}
      <IconButton
        icon="compare"
        size="small"
        side="top"
        label={canCompare ? t('gallery.compare') : t('gallery.compareHint')}
        disabled={!canCompare}
        onClick={() => a !== undefined && b !== undefined && void comparePictures(a, b)}
      />
      <IconButton
        icon="download"
        size="small"
        side="top"
        label={ids.length > 1 ? t('gallery.zipMany', { count: ids.length }) : t('gallery.download')}
        onClick={() => void (ids.length > 1 ? downloadZip(ids) : download(pictures))}
      />
      {ids.length > 0 && (
        <IconButton
          icon="trash"
          size="small"
          side="top"
          label={t('gallery.delete')}
          keys={keysOfCommand('gallery.delete')}
          onClick={() => void askDelete(pictures, ids)}
        />
      )}
      <IconButton icon="close" size="small" side="top" label={t('gallery.clear')} onClick={clearSelected} />
    </div>
  );
}

// Everything that jobs left, the newest first.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { openCompare } from '../../stores/compare';
import { clearSelected, type GalleryKind, gallery, loadGallery } from '../../stores/gallery';
import { Button, IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Select } from '../../ui/Field';
import { Spinner } from '../../ui/Spinner';
import { download } from './actions';
import css from './Gallery.module.css';
import { Grid } from './Grid';

const KINDS: readonly GalleryKind[] = ['output', 'temp', 'all'];

export function GalleryPanel() {
  const { kind, state, error } = useStore(gallery);
  const count = useStore(gallery, (each) => each.items.length);
  useEffect(() => {
    void loadGallery();
  }, []);
  return (
    <div className={css['panel']}>
      <div className={css['tools']}>
        <Select
          className={css['kinds']}
          aria-label={t('gallery.kind')}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`gallery.kind.${value}`) }))}
          onChange={(value) => void loadGallery(value as GalleryKind)}
        />
        <span className={css['count']}>{state === 'ready' ? t('gallery.count', { count }) : ''}</span>
        <IconButton
          icon="refresh"
          size="small"
          label={t('gallery.refresh')}
          onClick={() => void loadGallery()}
        />
      </div>
      {state === 'idle' && <Spinner label={t('app.loading')} />}
      {state === 'failed' && <Empty icon="alert" title={t('gallery.failed')} text={error} />}
      {state === 'ready' && count === 0 && (
        <Empty icon="image" title={t('gallery.empty')} text={t('gallery.emptyText')} />
      )}
      {state === 'ready' && count > 0 && <Grid />}
      <Selection />
    </div>
  );
}

function Selection() {
  const selected = useStore(gallery, (state) => state.selected);
  if (selected.size === 0) return null;
  const chosen = [...selected.values()];
  const [one, other] = chosen;
  return (
    <div className={css['selection']}>
      <span className={css['count']}>{t('gallery.selected', { count: selected.size })}</span>
      <Button
        size="small"
        icon="compare"
        disabled={chosen.length !== 2}
        title={t('gallery.compareHint')}
        onClick={() => {
          if (one !== undefined && other !== undefined) openCompare(one, other);
        }}
      >
        {t('gallery.compare')}
      </Button>
      <IconButton
        icon="download"
        size="small"
        side="top"
        label={t('gallery.download')}
        onClick={() => download(chosen)}
      />
      <IconButton icon="close" size="small" side="top" label={t('gallery.clear')} onClick={clearSelected} />
    </div>
  );
}

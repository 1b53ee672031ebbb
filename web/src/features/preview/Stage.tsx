// The picture itself: live while a run makes it, else what came out of the last one.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { fileUrl } from '../../api/assets';
import { t } from '../../i18n/t';
import { openLightbox } from '../../stores/lightbox';
import { runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { versionAt, written } from '../../stores/written';
import { Empty } from '../../ui/Empty';
import { LivePicture } from '../../ui/LivePicture';
import { latestOf } from './latest';
import css from './Preview.module.css';

export function Stage() {
  const active = useStore(tabs, (state) => state.active);
  const all = useStore(runs, (state) => state.runs);
  const previews = useStore(runs, (state) => state.previews);
  useStore(written);
  const latest = useMemo(
    () => latestOf({ ...runs.getState(), runs: all, previews }, active),
    [all, previews, active],
  );
  if (latest === null) return <Empty icon="image" title={t('preview.none')} text={t('preview.noneText')} />;
  const { name } = latest.run;
  if (latest.kind === 'live')
    return <LivePicture blob={latest.blob} label={t('preview.live', { name })} className={css['picture']} />;
  const { files } = latest;
  return (
    <div className={css['results']}>
      {files.map((file, index) => (
        <button
          key={`${file.node_id}/${file.key}/${file.index}`}
          type="button"
          className={css['result']}
          aria-label={t('preview.open', { name: file.filename })}
          onClick={() => openLightbox(files, index)}
        >
          <img
            className={css['picture']}
            src={fileUrl(file, versionAt(file))}
            alt={t('preview.result', { name })}
            decoding="async"
            draggable={false}
          />
        </button>
      ))}
    </div>
  );
}

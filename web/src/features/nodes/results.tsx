// What a node gave or is about to give, on the node: the picture in the making, then the results of its last run; for
// nodes that load a picture, that picture.

import { useStore } from 'zustand';
import { urlOf } from '../../api/client';
import type { AssetView } from '../../api/types';
import { runIdOf } from '../../app/scopes';
import { asArray, asObject, asString, type Json } from '../../core/json';
import type { ExtraProps } from '../../engine/node/extras';
import { t } from '../../i18n/t';
import { runOf, runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { isOffered } from '../../widgets/offered';
import { thumbnailOf } from './images';
import css from './nodes.module.css';

const MOST = 4;

export function NodeResults({ view, node }: ExtraProps) {
  const tab = useStore(tabs, (state) => state.active);
  const isPreviewed = useStore(runs, (state) => state.previews.has(runIdOf(node)));
  const output = useStore(runs, (state) => runOf(state, tab)?.outputs.get(runIdOf(node)) ?? null);
  // While it runs, its unfinished picture stands here (features/run).
  if (isPreviewed) return null;
  const images = (output?.['images'] ?? []).flatMap((each) => viewUrl(each) ?? []);
  if (images.length > 0) {
    return (
      <div className={css['pictures']} data-count={Math.min(images.length, MOST)}>
        {images.slice(0, MOST).map((url, index) => (
          <Picture key={url} url={url} alt={t('result.picture', { number: index + 1 })} />
        ))}
        {images.length > MOST && (
          <span className={css['more']}>{t('result.more', { count: images.length - MOST })}</span>
        )}
      </div>
    );
  }
  const text = (asArray(output?.['text']) ?? []).map(String).join('\n');
  if (text !== '') return <pre className={css['text']}>{text}</pre>;
  const shape = view.scene?.shape(node);
  const widget = shape?.widgets.find((each) => each.input?.image_upload === true);
  const isLinked = shape?.inputs.some((slot) => slot.name === widget?.name && slot.link !== null) === true;
  const value = isLinked ? null : asString(widget?.value);
  // What is not there is not asked for: it is marked at the field already.
  if (value === null || value === '' || !isOffered(value, widget?.input ?? null)) return null;
  return <Picture url={thumbnailOf(value, widget?.input?.choices_from)} alt={value} />;
}

function Picture({ url, alt }: { readonly url: string; readonly alt: string }) {
  return (
    <img
      className={css['picture']}
      src={url}
      alt={alt}
      draggable={false}
      decoding="async"
      onError={(event) => {
        event.currentTarget.hidden = true;
      }}
      onLoad={(event) => {
        event.currentTarget.hidden = false;
      }}
    />
  );
}

function viewUrl(value: Json): string | null {
  const record = asObject(value) as Partial<AssetView> | null;
  const file = asObject(value);
  const filename = asString(file?.['filename']);
  if (record === null || filename === null) return null;
  return urlOf('/view', {
    filename,
    subfolder: asString(file?.['subfolder']) ?? '',
    type: asString(file?.['type']) ?? 'output',
    preview: 'webp;80',
  });
}

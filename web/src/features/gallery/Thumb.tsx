// A small picture of a file that a job left, or a sign for what is no picture.

import { useState } from 'react';
import { mediumOf, thumbUrl } from '../../api/assets';
import type { AssetView } from '../../api/types';
import { Icon } from '../../ui/Icon';
import css from './Gallery.module.css';

export function Thumb({ asset }: { readonly asset: AssetView }) {
  const [isGone, setGone] = useState(false);
  const medium = mediumOf(asset);
  if (medium === 'picture' && !isGone)
    return (
      <img
        className={css['thumb']}
        src={thumbUrl(asset)}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setGone(true)}
      />
    );
  return (
    <span className={css['sign']}>
      <Icon name={isGone ? 'alert' : medium === 'file' || medium === 'audio' ? 'file' : 'play'} size={20} />
      <span>{asset.filename}</span>
    </span>
  );
}

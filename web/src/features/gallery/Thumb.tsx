// A small picture of a file, or a sign for what is no picture.

import { useState } from 'react';
import type { Picture } from '../../stores/pictures';
import { Icon } from '../../ui/Icon';
import css from './Cell.module.css';

export function Thumb({
  picture,
  isLarge = false,
}: {
  readonly picture: Picture;
  readonly isLarge?: boolean;
}) {
  const [failed, setFailed] = useState('');
  const url = isLarge ? picture.largeUrl : picture.thumbUrl;
  if (url !== null && failed !== url)
    return (
      <img
        className={css['thumb']}
        src={url}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setFailed(url)}
      />
    );
  const isFile = picture.medium === 'file' || picture.medium === 'audio';
  return (
    <span className={css['sign']}>
      <Icon name={url !== null ? 'alert' : isFile ? 'file' : 'play'} size={20} />
      <span>{picture.filename}</span>
    </span>
  );
}

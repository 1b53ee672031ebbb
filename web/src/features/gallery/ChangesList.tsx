// What loading the values of a run would change, before it is done.

import type { ReactNode } from 'react';
import { colourOf } from '../../core/colour';
import { wordsOfValue } from '../../core/diff';
import type { Json } from '../../core/json';
import type { ValueToLoad } from '../../core/recall';
import { t } from '../../i18n/t';
import { Swatch } from '../../ui/Swatch';
import css from './Details.module.css';

const MOST = 12;

export function changesList(values: readonly ValueToLoad[]): ReactNode {
  return (
    <span className={css['changes']}>
      {values.slice(0, MOST).map(({ node, title, name, before, after, isColour }) => (
        <span key={`${node}.${name}`} className={css['change']}>
          <b>{`${title} · ${name}`}</b>
          <span className={css['from']}>
            <Value value={before} isColour={isColour} />
          </span>
          <span className={css['to']}>
            <Value value={after} isColour={isColour} />
          </span>
        </span>
      ))}
      {values.length > MOST && <span>{t('queue.more', { count: values.length - MOST })}</span>}
    </span>
  );
}

interface ValueProps {
  readonly value: Json | undefined;
  readonly isColour: boolean;
}

/** In words; a colour is seen, too, and written as hex. */
function Value({ value, isColour }: ValueProps) {
  const colour = isColour && value !== undefined ? colourOf(value) : null;
  return colour === null ? wordsOfValue(value) : <Swatch colour={colour} />;
}

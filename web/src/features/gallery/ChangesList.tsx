// What loading the values of a run would change, before it is done.

import type { ReactNode } from 'react';
import { wordsOfValue } from '../../core/diff';
import type { ValueToLoad } from '../../core/recall';
import { t } from '../../i18n/t';
import css from './Details.module.css';

const MOST = 12;

export function changesList(values: readonly ValueToLoad[]): ReactNode {
  return (
    <span className={css['changes']}>
      {values.slice(0, MOST).map(({ node, title, name, before, after }) => (
        <span key={`${node}.${name}`} className={css['change']}>
          <b>{`${title} · ${name}`}</b>
          <span className={css['from']}>{wordsOfValue(before)}</span>
          <span className={css['to']}>{wordsOfValue(after)}</span>
        </span>
      ))}
      {values.length > MOST && <span>{t('queue.more', { count: values.length - MOST })}</span>}
    </span>
  );
}

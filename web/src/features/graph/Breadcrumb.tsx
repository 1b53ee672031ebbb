// Where one is, in subgraphs of subgraphs; each step leads back there.

import { useStore } from 'zustand';
import { leaveTo, whereabouts } from '../../app/scopes';
import { asString } from '../../core/json';
import { t } from '../../i18n/t';
import { Icon } from '../../ui/Icon';
import css from './graph.module.css';

export function Breadcrumb() {
  const { path, doc } = useStore(whereabouts);
  if (doc === null || path.length === 0) return null;
  const names = [
    t('graph.root'),
    ...path.map(({ scope }) => asString(doc.graph(scope).key('name') ?? null) ?? t('graph.subgraph')),
  ];
  return (
    <nav aria-label={t('graph.path')} className={css['path']}>
      <ol>
        {names.map((name, depth) => (
          <li key={depth === 0 ? 'root' : path[depth - 1]?.scope}>
            {depth > 0 && <Icon name="chevronRight" size={12} />}
            <button
              type="button"
              className={css['step']}
              aria-current={depth === path.length ? 'page' : undefined}
              onClick={() => leaveTo(depth)}
            >
              {name}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

// In an empty graph: how to put something into it.

import { useEffect, useReducer } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { useKeys } from '../../app/useKeys';
import { view } from '../../app/view';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Empty } from '../../ui/Empty';
import css from './EmptyHint.module.css';

export function EmptyHint() {
  const doc = useStore(tabs, (state) => state.tabs.find((each) => each.id === state.active)?.doc ?? null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => doc?.watch(redraw), [doc]);
  useEffect(() => bus.on('shown', redraw), []);
  const keysOf = useKeys();
  if (doc === null) return null;
  const graph = doc.graph(doc.has(view.scope) ? view.scope : '');
  if (graph.nodes.size + graph.groups.size > 0) return null;
  const keys = keysOf('nodes.add');
  return (
    <div className={css['hint']}>
      <Empty
        icon="node"
        title={t('canvas.empty')}
        text={keys === undefined ? t('canvas.emptyText') : t('canvas.emptyKeys', { keys })}
      />
    </div>
  );
}

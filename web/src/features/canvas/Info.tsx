// How much there is on the canvas, and, while it moves, how many frames a second are drawn. It asks for none itself.

import { useEffect, useReducer, useState } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { view } from '../../app/view';
import type { GraphDoc } from '../../core/doc';
import { t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import css from './ViewBar.module.css';

const INTERVAL = 400;

/** Frames a second; null while nothing moves. Looked up now and then for as long as frames come. */
function useFrameRate(isWanted: boolean): number | null {
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const now = view.frameRate;
      setRate(now === null ? null : Math.round(now));
      timer = now === null ? undefined : setTimeout(look, INTERVAL);
    };
    const stop = bus.on('drawn', () => {
      timer ??= setTimeout(look, INTERVAL);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [isWanted]);
  return rate;
}

export function Info({ doc }: { readonly doc: GraphDoc }) {
  const isWanted = useStore(settings, (state) => state.showsInfo);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const rate = useFrameRate(isWanted);
  useEffect(() => bus.on('shown', redraw), []);
  if (!isWanted) return null;
  const graph = doc.graph(doc.has(view.scope) ? view.scope : '');
  return (
    <span className={css['info']} data-info="">
      <span>{t('view.info', { nodes: graph.nodes.size, links: graph.links.size })}</span>
      {rate !== null && (
        <span className={css['frames']} title={t('canvas.frames', { count: rate })}>
          {t('canvas.framesShort', { count: rate })}
        </span>
      )}
    </span>
  );
}

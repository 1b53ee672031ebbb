// What a link carries, while the pointer rests on it: from where to where, the type, and what went over it last.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { whereabouts } from '../../app/scopes';
import { view } from '../../app/view';
import { originOf } from '../../core/origins';
import { titleOf } from '../../core/slots';
import type { LinkId, NodeId, Point } from '../../core/types';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { lastValue, values, wantValues } from '../../stores/values';
import css from './LinkTip.module.css';

const DELAY = 250;
const WIDTH = 300;

interface Shown {
  readonly link: LinkId;
  readonly screen: Point;
}

export function LinkTip() {
  const [shown, setShown] = useState<Shown | null>(null);
  const tabId = useStore(tabs, (state) => state.active);
  useStore(values, (state) => state.tabs.get(tabId ?? ''));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setShown(null);
    };
    const show = (link: LinkId, screen: Point) => {
      setShown({ link, screen });
      void wantValues(tabs.getState().active);
    };
    const stops = [
      bus.on('hovered', (link, screen) => {
        hide();
        if (link !== null) timer = setTimeout(() => show(link, screen), DELAY);
      }),
      bus.on('viewport', hide),
      bus.on('linkMenu', hide),
      bus.on('linking', hide),
      bus.on('shown', hide),
    ];
    window.addEventListener('pointerdown', hide, true);
    return () => {
      hide();
      window.removeEventListener('pointerdown', hide, true);
      for (const stop of stops) stop();
    };
  }, []);
  const facts = shown === null ? null : factsOf(shown.link, tabId);
  if (shown === null || facts === null) return null;
  const isBelow = shown.screen.y < 110;
  return (
    <div
      className={css['tip']}
      role="tooltip"
      data-link-tip=""
      style={{
        left: Math.max(8, Math.min(shown.screen.x + 14, view.view.width - WIDTH)),
        top: shown.screen.y + (isBelow ? 18 : -14),
        transform: isBelow ? undefined : 'translateY(-100%)',
      }}
    >
      <p className={css['head']}>
        {facts.type} <span className={css['value']}>{facts.value}</span>
      </p>
      {facts.count !== null && <p>{facts.count}</p>}
      <p className={css['way']}>{facts.way}</p>
    </div>
  );
}

interface Facts {
  readonly type: string;
  /** What went over it last, if anything is known of that. */
  readonly value: string;
  /** How many values, where that is worth telling. */
  readonly count: string | null;
  readonly way: string;
}

function factsOf(id: LinkId, tabId: string | null): Facts | null {
  const { scene, doc, catalog } = view;
  const link = scene?.graph.links.get(id);
  if (scene === null || doc === null || link === undefined) return null;
  const origin = originOf(doc, whereabouts.getState().path, link, catalog);
  const last = origin === null ? null : lastValue(tabId, origin.node, origin.slot);
  const output = scene.shape(link.from)?.outputs[link.fromSlot];
  const input = scene.shape(link.to)?.inputs.find((slot) => slot.link === id);
  const isList = scene.lists.has(id);
  const count = last?.count ?? 1;
  return {
    type: link.type === '*' ? (output?.type ?? '*') : link.type,
    value: last?.text ?? '',
    count:
      last !== null && count !== 1
        ? t('canvas.link.count', { count })
        : isList
          ? t(last === null ? 'canvas.link.list' : 'canvas.link.listOf', { count })
          : null,
    way: t('canvas.link.way', {
      from: `${nameOf(link.from)} › ${output?.label ?? ''}`,
      to: `${nameOf(link.to)} › ${input?.label ?? ''}`,
    }),
  };
}

function nameOf(id: NodeId): string {
  const node = view.scene?.graph.nodes.get(id);
  return node === undefined ? t('graph.subgraph') : titleOf(node, view.catalog);
}

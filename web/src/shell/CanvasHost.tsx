// The place of the canvas: mounts the one GraphView, shows the active tab in it, and keeps where each tab was looked at.

import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { bus } from '../app/bus';
import { lazily, useHasTab } from '../app/lazily';
import { isSmallWindow, lookFirst } from '../app/look';
import { panels } from '../app/panels';
import { rememberView, restoreSpots } from '../app/scopes';
import { setCanvasHost, view } from '../app/view';
import { storedLook } from '../core/look';
import { readAhead } from '../engine/prepared';
import { t } from '../i18n/t';
import { catalog } from '../stores/catalog';
import { type Settings, settings } from '../stores/settings';
import { type Tab, tabs } from '../stores/tabs';
import css from './CanvasHost.module.css';
import { Guarded } from './Guarded';

const Nodes = lazily(() => import('./Nodes').then((module) => module.Nodes), useHasTab);

/** Settings that the canvas goes by. */
const PREFERENCES = [
  ...(['navigation', 'showsGrid', 'showsLinks', 'linkStyle', 'animatesLinks', 'showsTeleports'] as const),
  ...(['snapsToGrid', 'snapsToNodes', 'showsIds', 'showsPacks'] as const),
];

function preferencesOf(now: Settings): Partial<Settings> {
  return Object.fromEntries(PREFERENCES.map((name) => [name, now[name]]));
}

export function CanvasHost() {
  const host = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const shown = useRef<string | null>(null);
  const active = useStore(tabs, (state) => state.active);
  const types = useStore(catalog, (state) => state.types);
  const overlays = useStore(panels, (state) => state.overlays);

  useEffect(() => {
    const [element, nodes] = [host.current, layer.current];
    if (element === null || nodes === null) return;
    view.mount(element, nodes);
    setCanvasHost(element);
    if (import.meta.env.DEV) Object.assign(window, { skeinView: view });
    return () => {
      setCanvasHost(null);
      view.unmount();
    };
  }, []);

  useEffect(() => {
    view.setCatalog(types);
    readAhead(view);
  }, [types]);

  useEffect(() => {
    const take = (now: Settings) => view.setPreferences(preferencesOf(now));
    take(settings.getState());
    return settings.subscribe(take);
  }, []);

  useEffect(() => {
    const tab = tabs.getState().tabs.find((each) => each.id === active) ?? null;
    if (shown.current !== null) rememberView(shown.current);
    shown.current = tab?.id ?? null;
    showTab(tab);
    readAhead(view);
  }, [active]);

  return (
    <div className={css['place']} data-place="canvas">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a graph is moved about by keys */}
      <div ref={host} className={css['host']} tabIndex={0} role="application" aria-label={t('app.canvas')}>
        <div ref={layer} className={css['layer']}>
          <Guarded>
            <Nodes />
          </Guarded>
        </div>
      </div>
      <div className={css['overlays']} data-overlays="">
        {overlays.map(({ id, Component }) => (
          <Guarded key={id} isQuiet>
            <Component />
          </Guarded>
        ))}
      </div>
    </div>
  );
}

function showTab(tab: Tab | null): void {
  const kept = tab?.view ?? null;
  const scope = kept !== null && tab?.doc.has(kept.scope) === true ? kept.scope : '';
  view.show(tab?.doc ?? null, scope);
  if (tab !== null && kept?.kept !== undefined) restoreSpots(tab.doc, kept.kept);
  if (kept !== null) {
    Object.assign(view.view, { x: kept.x, y: kept.y, zoom: kept.zoom });
    view.select(kept.selected.filter((id) => tab?.doc.graph(scope).nodes.has(id) === true));
    view.moved();
  } else {
    // What was in sight in a large window would be a corner of that in a small one.
    const look = isSmallWindow() ? null : storedLook(tab?.doc.graph().key('extra'));
    if (look === null || !view.lookAt(look)) lookFirst();
  }
  bus.tell('viewport');
}

// The frame: top bar, rail, panels around the canvas, and what lies over everything.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import css from './App.module.css';
import { panels } from './app/panels';
import { RunBar } from './features/run/RunBar';
import { AppMenu } from './features/tabs/AppMenu';
import { TabBar } from './features/tabs/TabBar';
import { t } from './i18n/t';
import { CanvasHost } from './shell/CanvasHost';
import { Guarded } from './shell/Guarded';
import { makeWay } from './shell/narrow';
import { Rail } from './shell/Rail';
import { SidePanel } from './shell/SidePanel';
import { TopBar } from './shell/TopBar';
import { layout } from './stores/layout';
import { QuestionHost } from './ui/ask';
import { MenuHost } from './ui/Menu';
import { ToastHost } from './ui/Toast';
import { TooltipHost } from './ui/Tooltip';

export function App() {
  const isFocusMode = useStore(layout, (state) => state.isFocusMode);
  const hosts = useStore(panels, (state) => state.hosts);
  useEffect(makeWay, []);
  return (
    <>
      <div className={css['app']}>
        {!isFocusMode && <TopBar Menu={AppMenu} Tabs={TabBar} Run={RunBar} />}
        <div className={css['middle']}>
          {!isFocusMode && <Rail />}
          {!isFocusMode && <SidePanel side="left" />}
          <main className={css['main']}>
            <CanvasHost />
            {!isFocusMode && <SidePanel side="bottom" />}
          </main>
          {!isFocusMode && <SidePanel side="right" />}
        </div>
      </div>
      {hosts.map(({ id, Component }) => (
        <Guarded key={id} isQuiet>
          <Component />
        </Guarded>
      ))}
      <QuestionHost />
      <MenuHost />
      <ToastHost label={t('app.messages')} closeLabel={t('app.close')} />
      <TooltipHost />
    </>
  );
}

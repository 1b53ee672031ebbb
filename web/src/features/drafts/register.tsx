// Brings back what was open, and keeps it from then on. Runs before anything is opened by itself.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost } from '../../app/panels';
import { whenStarted } from '../../app/start';
import { otherWindows, ownWindow } from '../../app/window';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Banner } from './Banner';
import { draftsDialog, showDrafts } from './dialog.store';
import { keepDrafts, restoreDrafts } from './drafts';
import { offerDrafts } from './offer';
import { isOnServer, keepDraftsOnServer } from './server';
import { watchOtherWindows } from './windows';

registerHost({ id: 'drafts-banner', Component: Banner });
registerHost({
  id: 'drafts',
  Component: lazily(
    () => import('./DraftsDialog').then((module) => module.DraftsDialog),
    () => useStore(draftsDialog, (state) => state.isOpen),
  ),
});
registerCommands({
  id: 'workflow.drafts',
  title: () => t('drafts.show'),
  group: 'workflow',
  run: showDrafts,
});

/** What nobody has: neither this browser nor the server. */
function wouldBeLost(): boolean {
  return tabs.getState().tabs.some((tab) => tab.isDirty && tab.isUnsafe && !isOnServer(tab));
}

whenStarted(async () => {
  const windowId = await ownWindow;
  try {
    await restoreDrafts(windowId, await otherWindows(windowId));
  } catch {
    // No database (a private window): the page works, and the banner says that nothing is kept.
  }
  const flush = keepDrafts(windowId);
  watchOtherWindows(windowId);
  const flushToServer = keepDraftsOnServer(windowId);
  void offerDrafts().catch(() => {});
  const leave = () => {
    flush();
    flushToServer();
  };
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
  window.addEventListener('pagehide', leave);
  window.addEventListener('beforeunload', (event) => {
    if (wouldBeLost()) event.preventDefault();
  });
});

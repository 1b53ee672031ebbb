// Brings back what was open, and keeps it from then on. Runs before anything is opened by itself.

import { registerHost } from '../../app/panels';
import { whenStarted } from '../../app/start';
import { newId, tabs } from '../../stores/tabs';
import { Banner } from './Banner';
import { keepDrafts, restoreDrafts } from './drafts';
import { isOnServer, keepDraftsOnServer, offerServerDrafts } from './server';
import { claimWindow, otherWindows, watchOtherWindows } from './windows';

registerHost({ id: 'drafts-banner', Component: Banner });

/** What nobody has: neither this browser nor the server. */
function wouldBeLost(): boolean {
  return tabs.getState().tabs.some((tab) => tab.isDirty && tab.isUnsafe && !isOnServer(tab));
}

whenStarted(async () => {
  const windowId = await claimWindow(newId);
  try {
    await restoreDrafts(windowId, await otherWindows(windowId));
  } catch {
    // No database (a private window): the page works, and the banner says that nothing is kept.
  }
  const flush = keepDrafts(windowId);
  watchOtherWindows(windowId);
  const flushToServer = keepDraftsOnServer(windowId);
  void offerServerDrafts().catch(() => {});
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

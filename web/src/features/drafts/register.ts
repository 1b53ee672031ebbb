// Brings back what was open, and keeps it from then on. Runs before anything is opened by itself.

import { whenStarted } from '../../app/start';
import { newId } from '../../stores/tabs';
import { hasUnwritten, keepDrafts, restoreDrafts } from './drafts';
import { keepDraftsOnServer, offerServerDrafts } from './server';
import { claimWindow, otherWindows, watchOtherWindows } from './windows';

whenStarted(async () => {
  const windowId = await claimWindow(newId);
  try {
    await restoreDrafts(windowId, await otherWindows(windowId));
  } catch {
    // No database (a private window): the page works, and says at each tab that nothing is kept.
  }
  const flush = keepDrafts(windowId);
  watchOtherWindows(windowId);
  keepDraftsOnServer(windowId);
  void offerServerDrafts().catch(() => {});
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && flush());
  window.addEventListener('pagehide', flush);
  window.addEventListener('beforeunload', (event) => {
    if (hasUnwritten()) event.preventDefault();
  });
});

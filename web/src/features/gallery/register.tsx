// The gallery's panel and window, the lightbox, and pictures that are dragged onto the canvas.

import { useStore } from 'zustand';
import type { JobState } from '../../api/types';
import { whenBack } from '../../app/back';
import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost, registerPanel } from '../../app/panels';
import { registerPicturePicker } from '../../app/pick';
import { whenConnected, whenGalleryChanged } from '../../app/start';
import { view } from '../../app/view';
import { hitIn } from '../../engine/hit';
import { t } from '../../i18n/t';
import { gallery, loadFacets, refreshGallery } from '../../stores/gallery';
import { togglePanel } from '../../stores/layout';
import { lightbox } from '../../stores/lightbox';
import { ENDED, onRunEvent } from '../../stores/runs';
import { dropPictures, loadsPictures } from './actions';
import { COMMANDS } from './commands';
import { dragged } from './drag';
import { askForPicture, openWindow, windows } from './windows';

registerPanel({
  id: 'gallery',
  side: 'left',
  title: () => t('gallery.title'),
  icon: 'image',
  order: 60,
  command: 'gallery.panel',
  Component: lazily(() => import('./GalleryPanel').then((module) => module.GalleryPanel)),
});

registerHost({
  id: 'gallery',
  order: 1,
  Component: lazily(
    () => import('./WindowHost').then((module) => module.WindowHost),
    () => useStore(windows, ({ isOpen, asking }) => isOpen || asking !== null),
  ),
});
// Over the window, from which it is opened.
registerHost({
  id: 'lightbox',
  order: 2,
  Component: lazily(
    () => import('./Lightbox').then((module) => module.LightboxHost),
    () => useStore(lightbox, (state) => state.source !== null),
  ),
});

registerPicturePicker(askForPicture);

registerCommands(
  {
    id: 'gallery.panel',
    title: () => t('gallery.show'),
    group: 'results',
    keys: ['G', 'A'],
    run: () => togglePanel('left', 'gallery'),
  },
  {
    id: 'gallery.window',
    title: () => t('gallery.showWindow'),
    group: 'results',
    keys: ['Alt+G'],
    run: openWindow,
  },
  ...COMMANDS,
);

/** What was asked for several times in a while is done once, at its end. */
function soon(delay: number, act: () => Promise<void>): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => {
      isAsked = false;
      void act();
    }, delay);
  };
}

const refreshList = soon(150, refreshGallery);
const refreshFacets = soon(1500, async () => {
  if (gallery.getState().facets !== null) await loadFacets();
});
const refreshSoon = () => {
  refreshList();
  refreshFacets();
};

whenGalleryChanged(refreshSoon);
whenConnected(refreshSoon);
// The server looks at the files that it lists: what another program wrote over is told of then.
whenBack(refreshList);
// Previews are no files of the gallery; nobody else tells of them.
onRunEvent((_jobId, event) => {
  if (ENDED.has(event.type as JobState) && gallery.getState().source === 'temp') refreshSoon();
});

bus.on('drop', (data, at) => {
  const pictures = dragged(data);
  if (pictures === null) return;
  const hit = view.scene === null ? null : hitIn(view.scene, at, view.view.zoom);
  const node = hit !== null && 'node' in hit ? hit.node : null;
  dropPictures(pictures, at, node !== null && loadsPictures(node) ? node : null);
});

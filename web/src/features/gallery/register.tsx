// The gallery's panel and window, the lightbox, and pictures that are dragged onto the canvas.

import type { JobState } from '../../api/types';
import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { registerHost, registerPanel } from '../../app/panels';
import { registerPicturePicker } from '../../app/pick';
import { whenConnected, whenGalleryChanged } from '../../app/start';
import { view } from '../../app/view';
import { hitIn } from '../../engine/hit';
import { t } from '../../i18n/t';
import { gallery, loadFacets, refreshGallery } from '../../stores/gallery';
import { togglePanel } from '../../stores/layout';
import { ENDED, onRunEvent } from '../../stores/runs';
import { dropPictures, loadsPictures } from './actions';
import { COMMANDS } from './commands';
import { dragged } from './drag';
import { GalleryPanel } from './GalleryPanel';
import { LightboxHost } from './Lightbox';
import { WindowHost } from './WindowHost';
import { askForPicture, openWindow } from './windows';

registerPanel({
  id: 'gallery',
  side: 'left',
  title: () => t('gallery.title'),
  icon: 'image',
  order: 60,
  keys: 'G',
  Component: GalleryPanel,
});

registerHost({ id: 'gallery', order: 1, Component: WindowHost });
// Over the window, from which it is opened.
registerHost({ id: 'lightbox', order: 2, Component: LightboxHost });

registerPicturePicker(askForPicture);

registerCommands(
  {
    id: 'gallery.panel',
    title: () => t('gallery.show'),
    group: 'results',
    keys: ['G'],
    run: () => togglePanel('left', 'gallery'),
  },
  {
    id: 'gallery.window',
    title: () => t('gallery.showWindow'),
    group: 'results',
    keys: ['Shift+G'],
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

// The gallery's panel, the lightbox, and pictures that are dragged onto the canvas.

import type { AssetView, JobState } from '../../api/types';
import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { registerHost, registerPanel } from '../../app/panels';
import { whenConnected } from '../../app/start';
import { t } from '../../i18n/t';
import { refreshGallery } from '../../stores/gallery';
import { togglePanel } from '../../stores/layout';
import { ENDED, onRunEvent } from '../../stores/runs';
import { takeAsInput } from './actions';
import { GalleryPanel } from './GalleryPanel';
import { ASSET_TYPE } from './Grid';
import { LightboxHost } from './Lightbox';

registerPanel({
  id: 'gallery',
  side: 'left',
  title: () => t('gallery.title'),
  icon: 'image',
  order: 60,
  keys: 'G',
  Component: GalleryPanel,
});

registerHost({ id: 'lightbox', Component: LightboxHost });

registerCommands({
  id: 'gallery.panel',
  title: () => t('gallery.show'),
  group: 'results',
  keys: ['G'],
  run: () => togglePanel('left', 'gallery'),
});

let isAsked = false;
function refreshSoon(): void {
  if (isAsked) return;
  isAsked = true;
  setTimeout(() => {
    isAsked = false;
    void refreshGallery();
  }, 150);
}
onRunEvent((_jobId, event) => {
  if (ENDED.has(event.type as JobState)) refreshSoon();
});
whenConnected(refreshSoon);

bus.on('drop', (data, at) => {
  const text = data.getData(ASSET_TYPE);
  if (text !== '') takeAsInput(JSON.parse(text) as AssetView, at);
});

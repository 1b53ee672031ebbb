// The gallery at the side of the canvas.

import { t } from '../../i18n/t';
import { IconButton } from '../../ui/Button';
import { GalleryView } from './GalleryView';
import { openWindow } from './windows';

export function GalleryPanel() {
  return (
    <GalleryView
      place="panel"
      extra={<IconButton icon="fit" size="small" label={t('gallery.window')} onClick={openWindow} />}
    />
  );
}

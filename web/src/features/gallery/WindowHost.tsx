// The gallery in a window: all of the page for looking through thousands of files, or for choosing one.

import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { gallery } from '../../stores/gallery';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import css from './Gallery.module.css';
import { GalleryView } from './GalleryView';
import { type Asking, closeWindow, windows } from './windows';

export function WindowHost() {
  const { isOpen, asking } = useStore(windows);
  if (asking !== null) return <Picker asking={asking} />;
  if (!isOpen) return null;
  return (
    <Dialog title={t('gallery.title')} closeLabel={t('app.close')} onClose={closeWindow} size="full" isBare>
      <GalleryView
        place="window"
        title={t('gallery.title')}
        extra={<IconButton icon="close" label={t('app.close')} keys="Esc" onClick={closeWindow} />}
      />
    </Dialog>
  );
}

function Picker({ asking }: { readonly asking: Asking }) {
  const title = asking.title ?? t('gallery.pick');
  const chosen = useStore(gallery, ({ items, selected }) => {
    const [key] = selected.size === 1 ? selected : [];
    return items.find((picture) => picture !== undefined && picture.key === key);
  });
  const canTake = chosen?.medium === 'picture';
  return (
    <Dialog title={title} closeLabel={t('app.close')} onClose={() => asking.answer(null)} size="full" isBare>
      <GalleryView
        place="window"
        title={title}
        onPick={(picture) => picture.medium === 'picture' && asking.answer(picture)}
        extra={
          <IconButton icon="close" label={t('app.close')} keys="Esc" onClick={() => asking.answer(null)} />
        }
      />
      <footer className={css['foot']}>
        <p className={css['chosen']} role="status">
          {chosen === undefined ? t('gallery.pickHint') : chosen.filename}
        </p>
        <Button onClick={() => asking.answer(null)}>{t('app.cancel')}</Button>
        <Button kind="primary" disabled={!canTake} onClick={() => asking.answer(chosen ?? null)}>
          {t('gallery.take')}
        </Button>
      </footer>
    </Dialog>
  );
}

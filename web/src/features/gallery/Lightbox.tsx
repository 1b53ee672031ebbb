// A picture as large as the window allows, or at 100 %: arrows go on, Z zooms, I shows what it is made of.

import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { fileUrl, mediumOf } from '../../api/assets';
import type { AssetView } from '../../api/types';
import { t } from '../../i18n/t';
import { gallery } from '../../stores/gallery';
import { closeLightbox, itemsOf, lightbox, stepLightbox, toggleDetails } from '../../stores/lightbox';
import { IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { Menu } from '../../ui/Menu';
import { Spinner } from '../../ui/Spinner';
import { copyPicture, download } from './actions';
import { Details } from './Details';
import css from './Lightbox.module.css';
import { menuOf } from './menu';

export function LightboxHost() {
  const state = useStore(lightbox);
  const all = useStore(gallery, (each) => each.items);
  if (state.source === null) return null;
  const items = itemsOf(state, all);
  return <Lightbox items={items} index={state.index} showsDetails={state.showsDetails} />;
}

interface LightboxProps {
  readonly items: readonly (AssetView | undefined)[];
  readonly index: number;
  readonly showsDetails: boolean;
}

function Lightbox({ items, index, showsDetails }: LightboxProps) {
  const [asset, count] = [items[index], items.length];
  const stage = useRef<HTMLElement>(null);
  const [isReal, setReal] = useState(false);
  // After the dialog has taken the focus for itself.
  useEffect(() => {
    const timer = setTimeout(() => stage.current?.focus());
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector('[role="menu"]') !== null) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === 'ArrowLeft') stepLightbox(-1);
      else if (key === 'ArrowRight') stepLightbox(1);
      else if (key === 'Home') stepLightbox(-count);
      else if (key === 'End') stepLightbox(count);
      else if (key === 'z') setReal((before) => !before);
      else if (key === 'i') toggleDetails();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [count]);
  return (
    <Dialog
      title={asset?.filename ?? t('app.loading')}
      closeLabel={t('app.close')}
      onClose={closeLightbox}
      size="full"
      isBare
    >
      <div className={css['whole']}>
        <header className={css['bar']}>
          <p className={css['name']}>{asset?.filename}</p>
          <p className={css['place']}>{t('gallery.place', { number: index + 1, count })}</p>
          {asset !== undefined && <Tools asset={asset} />}
          <IconButton
            icon="search"
            label={t('gallery.realSize')}
            keys="Z"
            isActive={isReal}
            onClick={() => setReal(!isReal)}
          />
          <IconButton
            icon="info"
            label={t('gallery.details')}
            keys="I"
            isActive={showsDetails}
            onClick={toggleDetails}
          />
          <IconButton icon="close" label={t('app.close')} keys="Esc" onClick={closeLightbox} />
        </header>
        <div className={css['middle']}>
          <div className={css['frame']}>
            <section
              ref={stage}
              className={classes(css['stage'], isReal && css['real'])}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
              tabIndex={0}
              aria-label={asset?.filename ?? t('app.loading')}
            >
              {asset === undefined ? (
                <Spinner label={t('app.loading')} />
              ) : (
                <Medium key={asset.id || asset.filename} asset={asset} />
              )}
            </section>
            {index > 0 && (
              <IconButton
                className={classes(css['step'], css['before'])}
                icon="chevronLeft"
                kind="plain"
                label={t('gallery.before')}
                side="right"
                onClick={() => stepLightbox(-1)}
              />
            )}
            {index < count - 1 && (
              <IconButton
                className={classes(css['step'], css['after'])}
                icon="chevronRight"
                kind="plain"
                label={t('gallery.after')}
                side="left"
                onClick={() => stepLightbox(1)}
              />
            )}
          </div>
          {showsDetails && asset !== undefined && (
            <Details key={asset.id || asset.filename} asset={asset} previous={items[index + 1] ?? null} />
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Tools({ asset }: { readonly asset: AssetView }) {
  const isPicture = mediumOf(asset) === 'picture';
  return (
    <>
      <Menu items={menuOf(asset, null, closeLightbox)} align="end">
        <IconButton icon="dots" label={t('gallery.more')} />
      </Menu>
      {isPicture && (
        <IconButton icon="copy" label={t('gallery.copy')} onClick={() => void copyPicture(asset)} />
      )}
      <IconButton icon="download" label={t('gallery.download')} onClick={() => download([asset])} />
    </>
  );
}

function Medium({ asset }: { readonly asset: AssetView }) {
  const [isGone, setGone] = useState(false);
  const url = fileUrl(asset);
  if (isGone) return <p>{t('gallery.gone')}</p>;
  switch (mediumOf(asset)) {
    case 'picture':
      return <img className={css['picture']} src={url} alt={asset.filename} onError={() => setGone(true)} />;
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: nobody knows what is said in it
      return <video className={css['picture']} src={url} controls loop onError={() => setGone(true)} />;
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: nobody knows what is said in it
      return <audio src={url} controls onError={() => setGone(true)} />;
    default:
      return <a href={url}>{asset.filename}</a>;
  }
}

// A picture as large as the window allows, or at 100 %: arrows go on, Z zooms, I shows what it is made of, and the keys
// of the gallery mark it.

import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { keysOfCommand } from '../../app/keys';
import { t } from '../../i18n/t';
import { gallery } from '../../stores/gallery';
import {
  closeLightbox,
  itemsOf,
  lightbox,
  stepLightbox,
  toggleDetails,
  toggleReal,
  updateShown,
} from '../../stores/lightbox';
import type { Picture } from '../../stores/pictures';
import { IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { Menu } from '../../ui/Menu';
import { Spinner } from '../../ui/Spinner';
import { Details } from './Details';
import { copyPicture, download } from './files';
import css from './Lightbox.module.css';
import { mark } from './marks';
import { menuOf } from './menu';
import { itemOf } from './origin';
import { Stars } from './Stars';

const AFTER = 150;

export function LightboxHost() {
  const state = useStore(lightbox);
  const all = useStore(gallery, (each) => each.items);
  if (state.source === null) return null;
  return <Lightbox items={itemsOf(state, all)} index={state.index} />;
}

interface LightboxProps {
  readonly items: readonly (Picture | undefined)[];
  readonly index: number;
}

function Lightbox({ items, index }: LightboxProps) {
  const { isReal, showsDetails, showsLineage } = useStore(lightbox);
  const [picture, count] = [items[index], items.length];
  const stage = useRef<HTMLElement>(null);
  // After the dialog has taken the focus for itself.
  useEffect(() => {
    const timer = setTimeout(() => stage.current?.focus());
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector('[role="menu"]') !== null) return;
      if (document.activeElement instanceof HTMLInputElement) return;
      const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -count, End: count };
      const step = steps[event.key];
      if (step !== undefined) stepLightbox(step);
      else if (event.key.toLowerCase() === 'i') toggleDetails();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [count]);
  useItem(picture);
  usePreloaded(items[index + 1], items[index - 1]);
  const title = picture?.filename ?? t('app.loading');
  return (
    <Dialog title={title} closeLabel={t('app.close')} onClose={closeLightbox} size="full" isBare>
      <div className={css['whole']} data-lightbox="">
        <header className={css['bar']}>
          <p className={css['name']}>{picture?.filename}</p>
          <p className={css['place']}>{t('gallery.place', { number: index + 1, count })}</p>
          {picture?.item != null && <Marks picture={picture} />}
          {picture !== undefined && <Tools picture={picture} />}
          <IconButton
            icon="search"
            label={t('gallery.realSize')}
            keys={keysOfCommand('gallery.real')}
            isActive={isReal}
            onClick={toggleReal}
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
              aria-label={title}
            >
              {picture === undefined ? (
                <Spinner label={t('app.loading')} />
              ) : (
                <Shown key={picture.url} picture={picture} />
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
          {showsDetails && picture !== undefined && (
            <Details
              key={picture.key}
              picture={picture}
              previous={items[index + 1] ?? null}
              showsLineage={showsLineage}
            />
          )}
        </div>
      </div>
    </Dialog>
  );
}

/** What a run made is a file of the gallery, too, which can be marked. */
function useItem(picture: Picture | undefined): void {
  useEffect(() => {
    if (picture === undefined || picture.item !== null) return;
    itemOf(picture).then(
      (item) => item !== null && updateShown((each) => (each.key === picture.key ? { ...each, item } : each)),
      () => {
        // Without the gallery it is shown all the same.
      },
    );
  }, [picture]);
}

/** The neighbours are there when one goes on to them. */
function usePreloaded(next: Picture | undefined, before: Picture | undefined): void {
  const urls = [next, before].map((each) => (each?.medium === 'picture' ? each.url : ''));
  const [first = '', second = ''] = urls;
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const url of [first, second]) if (url !== '') new Image().src = url;
    }, AFTER);
    return () => clearTimeout(timer);
  }, [first, second]);
}

function Marks({ picture: { item } }: { readonly picture: Picture }) {
  if (item === null) return null;
  const { id, star, rejected, rating } = item;
  return (
    <div className={css['marks']}>
      <IconButton
        icon="star"
        label={t('gallery.star')}
        keys={keysOfCommand('gallery.star')}
        isActive={star}
        onClick={() => void mark([id], { star: !star })}
      />
      <Stars rating={rating} rate={(next) => void mark([id], { rating: next })} />
      <IconButton
        icon="mute"
        label={t('gallery.reject')}
        keys={keysOfCommand('gallery.reject')}
        isActive={rejected}
        onClick={() => void mark([id], { rejected: !rejected })}
      />
    </div>
  );
}

function Tools({ picture }: { readonly picture: Picture }) {
  return (
    <>
      <Menu items={menuOf(picture, { done: closeLightbox, isOpen: true })} align="end">
        <IconButton icon="dots" label={t('gallery.more')} />
      </Menu>
      {picture.medium === 'picture' && (
        <IconButton icon="copy" label={t('gallery.copy')} onClick={() => void copyPicture(picture)} />
      )}
      <IconButton icon="download" label={t('gallery.download')} onClick={() => download([picture])} />
    </>
  );
}

function Shown({ picture: { url, medium, filename } }: { readonly picture: Picture }) {
  const [isGone, setGone] = useState(false);
  if (isGone) return <p>{t('gallery.gone')}</p>;
  switch (medium) {
    case 'picture':
      return <img className={css['picture']} src={url} alt={filename} onError={() => setGone(true)} />;
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: nobody knows what is said in it
      return <video className={css['picture']} src={url} controls loop onError={() => setGone(true)} />;
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: nobody knows what is said in it
      return <audio src={url} controls onError={() => setGone(true)} />;
    default:
      return <a href={url}>{filename}</a>;
  }
}

// The large preview over the canvas: moved by its head, sized by its corner, or both by the arrow keys.

import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { focusCanvas } from '../../app/view';
import { t } from '../../i18n/t';
import { IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import css from './Preview.module.css';
import { Stage } from './Stage';
import { closePreview, dock, type Place, preview, type Room, stepped, within } from './store';

function useRoom(element: React.RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>({ w: 10_000, h: 10_000 });
  useEffect(() => {
    const around = element.current?.parentElement;
    if (around == null) return;
    const measure = () => setRoom({ w: around.clientWidth, h: around.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(around);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return room;
}

export function Floating() {
  const state = useStore(preview);
  const own = useRef<HTMLElement>(null);
  const room = useRoom(own);
  const place = within(state, room);
  const set = (next: Place) => preview.setState(within(next, room));

  const drag = (event: PointerEvent<HTMLElement>, change: (dx: number, dy: number) => Place) => {
    if (event.button !== 0) return;
    const element = event.currentTarget;
    const { pointerId, clientX, clientY } = event;
    element.setPointerCapture(pointerId);
    const move = (moved: globalThis.PointerEvent) =>
      set(change(moved.clientX - clientX, moved.clientY - clientY));
    element.addEventListener('pointermove', move);
    element.addEventListener('lostpointercapture', () => element.removeEventListener('pointermove', move), {
      once: true,
    });
  };
  return (
    <section
      ref={own}
      className={css['window']}
      aria-label={t('preview.title')}
      style={{ left: place.x, top: place.y, width: place.w, height: place.h }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        closePreview();
        focusCanvas();
      }}
    >
      <header className={css['head']}>
        <button
          type="button"
          className={css['grip']}
          aria-label={t('preview.move')}
          onPointerDown={(event) => drag(event, (dx, dy) => ({ ...place, x: place.x + dx, y: place.y + dy }))}
          onKeyDown={(event) => {
            const next = stepped(place, event.key, event.shiftKey);
            if (next === null) return;
            event.preventDefault();
            event.stopPropagation();
            set(next);
          }}
        >
          <Icon name="drag" size={14} />
          <span>{t('preview.title')}</span>
        </button>
        <IconButton icon="panelRight" size="small" label={t('preview.dock')} onClick={dock} />
        <IconButton icon="close" size="small" label={t('preview.close')} onClick={closePreview} />
      </header>
      <div className={css['body']}>
        <Stage />
      </div>
      <span
        className={css['corner']}
        aria-hidden="true"
        onPointerDown={(event) => drag(event, (dx, dy) => ({ ...place, w: place.w + dx, h: place.h + dy }))}
      />
    </section>
  );
}

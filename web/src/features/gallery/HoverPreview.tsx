// The picture under the pointer, large, beside its cell. Only for the eye: Enter shows the same to everybody.

import { useStore } from 'zustand';
import css from './HoverPreview.module.css';
import { hover } from './hover';

const APART = 12;
const EDGE = 8;
const LEAST = 320;

export function HoverPreview() {
  const shown = useStore(hover, (state) => state.shown);
  if (shown === null || shown.picture.medium === 'audio' || shown.picture.medium === 'file') return null;
  const { picture, box } = shown;
  const [w, h] = [picture.item?.width ?? 1024, picture.item?.height ?? 1024];
  // Where there is more room; as large as that is, but no larger than the picture, unless it is tiny.
  const isRight = window.innerWidth - box.right > box.left;
  const room = (isRight ? window.innerWidth - box.right : box.left) - APART - EDGE;
  const scale = Math.min(Math.max(1, LEAST / Math.max(w, h)), room / w, (window.innerHeight - 2 * EDGE) / h);
  const [width, height] = [w * scale, h * scale];
  if (room < 160) return null;
  const middle = (box.top + box.bottom - height) / 2;
  const top = Math.min(window.innerHeight - EDGE - height, Math.max(EDGE, middle));
  const left = isRight ? box.right + APART : box.left - APART - width;
  return (
    <div className={css['preview']} style={{ left, top, width, height }} aria-hidden="true">
      {picture.medium === 'video' ? (
        <video src={picture.url} autoPlay muted loop playsInline />
      ) : (
        <>
          {picture.largeUrl !== null && <img src={picture.largeUrl} alt="" />}
          <img src={picture.url} alt="" decoding="async" />
        </>
      )}
    </div>
  );
}

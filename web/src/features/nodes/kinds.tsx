// What nodes show of their results, by the key under which they give them. A new kind is one entry.

import { type ReactElement, useState } from 'react';
import type { Ui } from '../../api/types';
import { asArray, type Json } from '../../core/json';
import { t } from '../../i18n/t';
import { refsIn } from '../../stores/written';
import { classes } from '../../ui/classes';
import { PictureSlider } from '../../ui/PictureSlider';
import css from './nodes.module.css';
import { MOST, pictureUrl, wholeUrl } from './pictures';

/** How pictures are shown. */
export interface Look {
  /** How many pixels the node is wide or high: what is shown is fetched no larger. */
  readonly pixels: number;
  /** Below the node, where they may not become as high as they like. */
  readonly hangs: boolean;
}

/** How a node's results are shown; null if there is nothing of this kind among them. */
type Kind = (results: Ui, look: Look) => ReactElement | null;

/** The first that has something to show is the one that does. */
export const KINDS: readonly Kind[] = [compared, pictures, text];

export function shownResults(results: Ui | null, look: Look): ReactElement | null {
  if (results === null) return null;
  for (const kind of KINDS) {
    const shown = kind(results, look);
    if (shown !== null) return shown;
  }
  return null;
}

function compared(results: Ui, look: Look): ReactElement | null {
  const [a, b] = [urlsOf(results['a_images']), urlsOf(results['b_images'])];
  if (a.length > 0 && b.length > 0) return <Compared key={`${a[0]} ${b[0]}`} a={a} b={b} />;
  // Without the other there is nothing to compare it with.
  return a.length + b.length > 0 ? <Pictures urls={[...a, ...b]} hangs={look.hangs} /> : null;
}

/** Nobody looks at single pixels here: they come smaller. */
function pictures(results: Ui, { pixels, hangs }: Look): ReactElement | null {
  const files = refsIn(results['images']);
  const side = files.length > 1 ? pixels / 2 : pixels;
  const urls = files.map((file) => pictureUrl(file, side));
  return urls.length > 0 ? <Pictures urls={urls} hangs={hangs} /> : null;
}

function text(results: Ui): ReactElement | null {
  const words = (asArray(results['text']) ?? []).map(String).join('\n');
  return words === '' ? null : <pre className={css['text']}>{words}</pre>;
}

function Pictures({ urls, hangs }: { readonly urls: readonly string[]; readonly hangs: boolean }) {
  return (
    <div className={css['pictures']} data-count={Math.min(urls.length, MOST)}>
      {urls.slice(0, MOST).map((url, index) => (
        <Picture key={url} url={url} alt={t('result.picture', { number: index + 1 })} hangs={hangs} />
      ))}
      {urls.length > MOST && (
        <span className={css['more']}>{t('result.more', { count: urls.length - MOST })}</span>
      )}
    </div>
  );
}

interface ComparedProps {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

/** Pair by pair; where there are fewer of one, its last stays. */
function Compared({ a, b }: ComparedProps) {
  const [number, setNumber] = useState(0);
  const count = Math.max(a.length, b.length);
  const [one = '', other = ''] = [a[Math.min(number, a.length - 1)], b[Math.min(number, b.length - 1)]];
  return (
    <div className={css['compared']}>
      <PictureSlider
        a={{ url: one, name: t('result.comparedA', { number: number + 1 }) }}
        b={{ url: other, name: t('result.comparedB', { number: number + 1 }) }}
        label={t('result.edge')}
      />
      {count > 1 && (
        <button
          type="button"
          className={css['next']}
          title={t('result.nextPair')}
          onClick={() => setNumber((number + 1) % count)}
        >
          {t('result.pair', { number: number + 1, count })}
        </button>
      )}
    </div>
  );
}

interface PictureProps {
  readonly url: string;
  readonly alt: string;
  readonly hangs: boolean;
}

export function Picture({ url, alt, hangs }: PictureProps) {
  return (
    <img
      className={classes(css['picture'], hangs && css['hangs'])}
      src={url}
      alt={alt}
      draggable={false}
      decoding="async"
      onError={(event) => {
        event.currentTarget.hidden = true;
      }}
      onLoad={(event) => {
        event.currentTarget.hidden = false;
      }}
    />
  );
}

const urlsOf = (files: readonly Json[] | undefined): string[] => refsIn(files).map(wholeUrl);

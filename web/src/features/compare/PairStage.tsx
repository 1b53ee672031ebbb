// The two pictures: with an edge between them, side by side, as their difference, or one after the other.

import { useEffect, useState } from 'react';
import { t } from '../../i18n/t';
import type { Pair } from '../../stores/compare';
import { Button } from '../../ui/Button';
import { PictureSign } from '../../ui/PictureSign';
import { PictureSlider } from '../../ui/PictureSlider';
import css from './Compare.module.css';
import { differenceOf, type Measured } from './measure';

export type Mode = 'slider' | 'beside' | 'difference' | 'flicker';
const FLICKER = 600;

interface StageProps {
  readonly pair: Pair;
  readonly mode: Mode;
}

export function PairStage({ pair, mode }: StageProps) {
  const [a, b] = [pair.a.url, pair.b.url];
  const measured = useMeasured(a, b);
  const nameA = t('compare.pictureA', { name: pair.a.filename });
  const nameB = t('compare.pictureB', { name: pair.b.filename });
  return (
    <section className={css['frame']} aria-label={t('compare.pictures')}>
      {mode === 'slider' && (
        <PictureSlider
          key={`${a} ${b}`}
          a={{ url: a, name: nameA }}
          b={{ url: b, name: nameB }}
          label={t('compare.edge')}
        />
      )}
      {mode === 'beside' && (
        <div className={css['beside']}>
          {[{ url: a, name: nameA, sign: 'A' } as const, { url: b, name: nameB, sign: 'B' } as const].map(
            ({ url, name, sign }) => (
              <div key={sign} className={css['half']}>
                <img className={css['layer']} src={url} alt={name} draggable={false} />
                <PictureSign sign={sign} />
              </div>
            ),
          )}
        </div>
      )}
      {mode === 'difference' && (
        <div className={css['stage']}>
          {measured.state === 'done' ? (
            <img className={css['layer']} src={measured.url} alt={t('compare.difference')} />
          ) : (
            measured.state === 'unequal' && <p className={css['words']}>{t('compare.unequal')}</p>
          )}
        </div>
      )}
      {mode === 'flicker' && <Flicker a={a} b={b} nameA={nameA} nameB={nameB} />}
      <p className={css['verdict']} role="status">
        {verdict(measured)}
      </p>
    </section>
  );
}

function verdict(measured: Measured): string {
  if (measured.state === 'asking') return '';
  if (measured.state === 'failed') return measured.message;
  if (measured.state === 'unequal') return `${t('compare.unequal')} A: ${measured.a}, B: ${measured.b}`;
  const { changed, total, most, mean } = measured.difference;
  if (changed === 0) return t('compare.same');
  return t('compare.differ', {
    share: percent(changed / total),
    mean: mean.toFixed(mean < 1 ? 2 : 1),
    most,
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.1 ? 0 : 2)} %`;
}

function useMeasured(a: string, b: string): Measured {
  const [measured, setMeasured] = useState<Measured>({ state: 'asking' });
  useEffect(() => {
    let isCurrent = true;
    void differenceOf(a, b).then((found) => {
      if (isCurrent) setMeasured(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [a, b]);
  useEffect(
    () => () => {
      if (measured.state === 'done') URL.revokeObjectURL(measured.url);
    },
    [measured],
  );
  return measured;
}

interface FlickerProps {
  readonly a: string;
  readonly b: string;
  readonly nameA: string;
  readonly nameB: string;
}

/** One after the other by itself; for who wants less motion, at the press of a button. */
function Flicker({ a, b, nameA, nameB }: FlickerProps) {
  const [showsB, setShowsB] = useState(false);
  const [isGoing, setGoing] = useState(() => !matchMedia('(prefers-reduced-motion: reduce)').matches);
  useEffect(() => {
    if (!isGoing) return;
    const timer = setInterval(() => setShowsB((before) => !before), FLICKER);
    return () => clearInterval(timer);
  }, [isGoing]);
  return (
    <div className={css['stage']}>
      <img className={css['layer']} src={a} alt={nameA} hidden={showsB} draggable={false} />
      <img className={css['layer']} src={b} alt={nameB} hidden={!showsB} draggable={false} />
      <PictureSign sign={showsB ? 'B' : 'A'} />
      <div className={css['buttons']}>
        <Button size="small" onClick={() => setShowsB(!showsB)}>
          {t('compare.other')}
        </Button>
        <Button size="small" icon={isGoing ? 'pause' : 'play'} onClick={() => setGoing(!isGoing)}>
          {t(isGoing ? 'compare.halt' : 'compare.go')}
        </Button>
      </div>
    </div>
  );
}

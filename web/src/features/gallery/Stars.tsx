// A rating of one to five; the same star again takes it away.

import { t } from '../../i18n/t';
import { classes } from '../../ui/classes';
import css from './Stars.module.css';

interface StarsProps {
  readonly rating: number;
  readonly rate: (rating: number) => void;
}

export function Stars({ rating, rate }: StarsProps) {
  return (
    <fieldset className={css['stars']}>
      <legend className="visually-hidden">{t('gallery.rating')}</legend>
      {[1, 2, 3, 4, 5].map((count) => (
        <button
          key={count}
          type="button"
          className={classes(css['star'], count <= rating && css['full'])}
          aria-label={t('gallery.rate', { count })}
          aria-pressed={count === rating}
          onClick={() => rate(count === rating ? 0 : count)}
        >
          {count <= rating ? '★' : '☆'}
        </button>
      ))}
    </fieldset>
  );
}

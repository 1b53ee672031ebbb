// What is being opened, in the middle of the canvas, where that takes long: what is being done, how far it is, and a way out.

import { useStore } from 'zustand';
import { type OpeningNote, openings } from '../../app/opening';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import css from './OpeningNotes.module.css';

export function OpeningNotes() {
  const notes = useStore(openings, (state) => state.notes);
  // The region is there before its text, or screen readers say nothing.
  return (
    <div className={css['place']} role="status">
      {notes.map((note) => (
        <Note key={note.number} note={note} />
      ))}
    </div>
  );
}

function Note({ note: { name, step, done, stop } }: { readonly note: OpeningNote }) {
  const title = t('opening.title', { name });
  const percent = done === null ? null : Math.round(done * 100);
  return (
    <div className={css['note']} data-opening="">
      <div className={css['words']}>
        <strong className={css['title']} title={name}>
          {title}
        </strong>
        <p>{t(`opening.${step}`)}</p>
      </div>
      <Button size="small" onClick={stop}>
        {t('opening.stop')}
      </Button>
      <div
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': percent })}
        className={css['track']}
      >
        <div
          className={classes(css['fill'], done === null && css['unknown'])}
          {...(done === null ? {} : { style: { transform: `scaleX(${done})` } })}
        />
      </div>
    </div>
  );
}

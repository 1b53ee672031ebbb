// The command palette: everything that can be done, found by a few letters; what cannot be done now is grey.

import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { type Command, canRun, commands } from '../../app/commands';
import { takeTyped } from '../../app/early';
import { keysFor } from '../../app/keys';
import { focusCanvas } from '../../app/view';
import { t } from '../../i18n/t';
import { closeDialog } from '../../stores/dialogs';
import { keep, keptWords } from '../../stores/kept';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { Kbd } from '../../ui/Kbd';
import { MEANT, rate } from './match';
import css from './Palette.module.css';

const RECENT_KEY = 'skein.commands';
const MOST_RECENT = 8;

interface Found {
  readonly command: Command;
  readonly isAble: boolean;
  /** It is what was asked for, not only of the same letters. */
  readonly isMeant: boolean;
  readonly value: number;
}

export function Palette() {
  const all = useStore(commands, (state) => state.commands);
  const [early] = useState(takeTyped);
  const [text, setText] = useState(early.text);
  const [index, setIndex] = useState(0);
  const [recent] = useState(() => keptWords(RECENT_KEY));
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = useMemo(() => {
    const shown = [...all.values()].filter((command) => command.isHidden !== true);
    const rated = shown.map((command): Found => {
      const place = recent.indexOf(command.id);
      const bonus = place < 0 ? 0 : (MOST_RECENT - place) / 10;
      const words = command.words?.() ?? '';
      const value =
        text === '' ? 1 + bonus : rate(text, command.title(), words, t(`commands.${command.group}`));
      const isAble = canRun(command);
      const isMeant = text === '' ? isAble : value >= MEANT;
      return { command, isAble, isMeant, value: value === 0 ? 0 : value + bonus / 4 };
    });
    // What cannot be done now stands behind what can, but before what only shares letters with what was written.
    return rated
      .filter(({ isAble, isMeant, value }) => value > 0 && (isAble || isMeant || text === ''))
      .sort(
        (a, b) =>
          Number(b.isMeant) - Number(a.isMeant) || Number(b.isAble) - Number(a.isAble) || b.value - a.value,
      );
  }, [all, text, recent]);
  const at = Math.min(index, Math.max(0, found.length - 1));
  useEffect(() => {
    list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const run = (row: Found | undefined) => {
    if (row === undefined || !row.isAble) return;
    const { command } = row;
    keep(RECENT_KEY, [command.id, ...recent.filter((each) => each !== command.id)].slice(0, MOST_RECENT));
    closeDialog();
    // After the dialog has given the focus back, so that the command may take it.
    setTimeout(() => {
      focusCanvas();
      void command.run();
    });
  };
  const isRun = useRef(false);
  useEffect(() => {
    if (!early.isDone || isRun.current) return;
    isRun.current = true;
    run(found[0]);
  });
  return (
    <Dialog title={t('commands.palette')} closeLabel={t('app.close')} isBare onClose={closeDialog}>
      <div className={css['search']}>
        <Icon name="search" />
        <input
          className={css['input']}
          value={text}
          placeholder={t('commands.placeholder')}
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-label={t('commands.placeholder')}
          aria-activedescendant={found[at] === undefined ? undefined : `${id}-${at}`}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setIndex(0);
          }}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            if (by !== 0 && found.length > 0) {
              event.preventDefault();
              setIndex((at + by + found.length) % found.length);
            }
            if (event.key === 'Enter') {
              event.preventDefault();
              run(found[at]);
            }
          }}
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label={t('commands.palette')} className={css['list']}>
        {found.map(({ command, isAble }, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
          <div
            key={command.id}
            id={`${id}-${place}`}
            data-index={place}
            role="option"
            aria-selected={place === at}
            aria-disabled={isAble ? undefined : true}
            className={classes(css['row'], place === at && css['current'], !isAble && css['off'])}
            onPointerMove={() => setIndex(place)}
            onClick={() => run(found[place])}
          >
            <span className={css['title']}>{command.title()}</span>
            <span className={css['group']}>
              {isAble ? t(`commands.${command.group}`) : t('commands.notNow')}
            </span>
            <span className={css['keys']}>
              {keysFor(command)
                .slice(0, 1)
                .map((keys) => (
                  <Kbd key={keys} keys={keys} />
                ))}
            </span>
          </div>
        ))}
        {found.length === 0 && <p className={css['none']}>{t('commands.none')}</p>}
      </div>
    </Dialog>
  );
}

// The command palette: everything that can be done now, found by a few letters.

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
import { score } from './match';
import css from './Palette.module.css';

const RECENT_KEY = 'skein.commands';
const MOST_RECENT = 8;

export function Palette() {
  const all = useStore(commands, (state) => state.commands);
  const [early] = useState(takeTyped);
  const [text, setText] = useState(early.text);
  const [index, setIndex] = useState(0);
  const [recent] = useState(() => keptWords(RECENT_KEY));
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = useMemo(() => {
    const able = [...all.values()].filter((command) => command.isHidden !== true && canRun(command));
    const rated = able.map((command): [Command, number] => {
      const place = recent.indexOf(command.id);
      const bonus = place < 0 ? 0 : (MOST_RECENT - place) / 10;
      const title = command.title();
      const value =
        text === ''
          ? 1 + bonus
          : Math.max(score(text, title), score(text, t(`commands.${command.group}`)) / 4);
      return [command, value === 0 ? 0 : value + bonus / 4];
    });
    return rated
      .filter(([, value]) => value > 0)
      .sort((a, b) => b[1] - a[1])
      .map(([command]) => command);
  }, [all, text, recent]);
  const at = Math.min(index, Math.max(0, found.length - 1));
  useEffect(() => {
    list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
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
        {found.map((command, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
          <div
            key={command.id}
            id={`${id}-${place}`}
            data-index={place}
            role="option"
            aria-selected={place === at}
            className={classes(css['row'], place === at && css['current'])}
            onPointerMove={() => setIndex(place)}
            onClick={() => run(command)}
          >
            <span className={css['title']}>{command.title()}</span>
            <span className={css['group']}>{t(`commands.${command.group}`)}</span>
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

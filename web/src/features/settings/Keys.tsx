// Keys of every command: recorded by pressing them; who else has them is said, and loses them only on request.

import { type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import { type Command, commands } from '../../app/commands';
import { conflictsOf, keysFor, keysOf, normalizeKeys } from '../../app/keys';
import { t } from '../../i18n/t';
import { type Settings, settings } from '../../stores/settings';
import { Button, IconButton } from '../../ui/Button';
import { Kbd } from '../../ui/Kbd';
import css from './SettingsDialog.module.css';

interface KeysProps {
  readonly filter: string;
  readonly onFail: (changes: Partial<Settings>) => void;
}

export function Keys({ filter, onFail: change }: KeysProps) {
  const all = useStore(commands, (state) => state.commands);
  const own = useStore(settings, (state) => state.keys);
  const [recording, setRecording] = useState<string | null>(null);
  const wanted = filter.trim().toLowerCase();
  const rows = [...all.values()].filter((command) =>
    `${command.title()} ${keysFor(command).join(' ')}`.toLowerCase().includes(wanted),
  );
  const set = (id: string, keys: readonly string[] | null) => {
    const rest = Object.fromEntries(Object.entries(own).filter(([each]) => each !== id));
    change({ keys: keys === null ? rest : { ...rest, [id]: keys } });
  };
  return (
    <ul className={css['keys']}>
      {rows.map((command) => (
        <li key={command.id} className={css['binding']}>
          <span className={css['command']}>
            {command.title()}
            <small>{t(`commands.${command.group}`)}</small>
          </span>
          {recording === command.id ? (
            <Recorder
              command={command}
              onDone={(keys) => {
                setRecording(null);
                if (keys !== null) set(command.id, [keys]);
              }}
            />
          ) : (
            <>
              {keysFor(command).map((keys) => (
                <Kbd key={keys} keys={keys} />
              ))}
              <Button size="small" onClick={() => setRecording(command.id)}>
                {t('settings.record')}
              </Button>
              {keysFor(command).length > 0 && (
                <IconButton
                  icon="close"
                  size="small"
                  label={t('settings.noKeys')}
                  onClick={() => set(command.id, [])}
                />
              )}
              {own[command.id] !== undefined && (
                <IconButton
                  icon="undo"
                  size="small"
                  label={t('settings.resetKeys')}
                  onClick={() => set(command.id, null)}
                />
              )}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph']);

function Recorder({
  command,
  onDone,
}: {
  readonly command: Command;
  readonly onDone: (keys: string | null) => void;
}) {
  const [keys, setKeys] = useState('');
  const taken = keys === '' ? [] : conflictsOf(command.id, keys);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') onDone(null);
    else if (!MODIFIERS.has(event.key)) setKeys(normalizeKeys(keysOf(event)));
  };
  return (
    <span className={css['recorder']}>
      <input
        className={css['record']}
        // biome-ignore lint/a11y/noAutofocus: the user asked to press keys here
        autoFocus
        readOnly
        value={keys === '' ? t('settings.press') : keys}
        aria-label={t('settings.press')}
        onKeyDown={onKey}
      />
      {taken.length > 0 && (
        <span className={css['taken']} role="alert">
          {t('settings.taken', { name: taken.map((each) => each.title()).join(', ') })}
        </span>
      )}
      <Button size="small" kind="primary" disabled={keys === ''} onClick={() => onDone(keys)}>
        {t('settings.accept')}
      </Button>
      <Button size="small" onClick={() => onDone(null)}>
        {t('app.cancel')}
      </Button>
    </span>
  );
}

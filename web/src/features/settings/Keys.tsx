// Keys of every command: recorded by pressing them; who else has them is said, and loses them only on request.

import { type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import { type Command, commands } from '../../app/commands';
import { bindingOf, conflictsOf, formOf, keysFor, withoutBinding } from '../../app/keys';
import { t } from '../../i18n/t';
import { type Settings, settings } from '../../stores/settings';
import { Button, IconButton } from '../../ui/Button';
import { Field, Select } from '../../ui/Field';
import { Kbd } from '../../ui/Kbd';
import css from './SettingsDialog.module.css';

interface KeysProps {
  readonly filter: string;
  readonly onFail: (changes: Partial<Settings>) => void;
}

export function Keys({ filter, onFail: change }: KeysProps) {
  const all = useStore(commands, (state) => state.commands);
  const { keys: own, keysBy } = useStore(settings);
  const [recording, setRecording] = useState<string | null>(null);
  const wanted = filter.trim().toLowerCase();
  const rows = [...all.values()].filter((command) =>
    `${command.title()} ${keysFor(command).join(' ')}`.toLowerCase().includes(wanted),
  );
  const set = (id: string, keys: readonly string[] | null) => {
    const rest = Object.fromEntries(Object.entries(own).filter(([each]) => each !== id));
    change({ keys: keys === null ? rest : { ...rest, [id]: keys } });
  };
  /** Others that have it, too, lose it, or keep it: which of them is meant is then decided by what can be done. */
  const record = (command: Command, { binding, isTaken }: Recorded) => {
    const others = isTaken ? conflictsOf(command.id, binding) : [];
    const left = Object.fromEntries(others.map((other) => [other.id, withoutBinding(other, binding)]));
    change({ keys: { ...own, ...left, [command.id]: [binding] } });
  };
  return (
    <>
      <div className={css['keysHead']}>
        <Field label={t('settings.keysBy')} hint={t('settings.keysBy.hint')} isRow>
          {(id) => (
            <Select
              id={id}
              value={keysBy}
              onChange={(value) => change({ keysBy: value === 'place' ? 'place' : 'letter' })}
              options={[
                { value: 'letter', label: t('settings.keysBy.letter') },
                { value: 'place', label: t('settings.keysBy.place') },
              ]}
            />
          )}
        </Field>
        {Object.keys(own).length > 0 && (
          <Button size="small" icon="undo" onClick={() => change({ keys: {} })}>
            {t('settings.resetAllKeys')}
          </Button>
        )}
      </div>
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
                onDone={(recorded) => {
                  setRecording(null);
                  if (recorded !== null) record(command, recorded);
                }}
              />
            ) : (
              <>
                {keysFor(command).map((keys) => (
                  <Kbd key={keys} keys={keys} />
                ))}
                <Button
                  size="small"
                  aria-label={t('settings.recordFor', { name: command.title() })}
                  onClick={() => setRecording(command.id)}
                >
                  {t('settings.record')}
                </Button>
                {keysFor(command).length > (command.fixedKeys ?? []).length && (
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
        {rows.length === 0 && <li className={css['none']}>{t('settings.none')}</li>}
      </ul>
    </>
  );
}

interface Recorded {
  readonly binding: string;
  /** Commands that have it lose it. */
  readonly isTaken: boolean;
}

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph']);

function Recorder({
  command,
  onDone,
}: {
  readonly command: Command;
  readonly onDone: (recorded: Recorded | null) => void;
}) {
  const [binding, setBinding] = useState('');
  const taken = binding === '' ? [] : conflictsOf(command.id, binding);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') onDone(null);
    else if (!MODIFIERS.has(event.key)) setBinding(bindingOf(event));
  };
  return (
    <span className={css['recorder']}>
      <input
        className={css['record']}
        // biome-ignore lint/a11y/noAutofocus: the user asked to press keys here
        autoFocus
        readOnly
        data-takes-escape
        value={binding === '' ? t('settings.press') : formOf(binding, 'letter')}
        aria-label={t('settings.press')}
        onKeyDown={onKey}
      />
      {taken.length > 0 && (
        <span className={css['taken']} role="alert">
          {t('settings.taken', { name: taken.map((each) => each.title()).join(', ') })}
        </span>
      )}
      {taken.length > 0 && (
        <Button size="small" kind="primary" onClick={() => onDone({ binding, isTaken: true })}>
          {t('settings.take')}
        </Button>
      )}
      <Button
        size="small"
        kind={taken.length > 0 ? 'plain' : 'primary'}
        disabled={binding === ''}
        onClick={() => onDone({ binding, isTaken: false })}
      >
        {t(taken.length > 0 ? 'settings.keepBoth' : 'settings.accept')}
      </Button>
      <Button size="small" onClick={() => onDone(null)}>
        {t('app.cancel')}
      </Button>
    </span>
  );
}

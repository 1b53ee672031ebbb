// All keys on one sheet.

import { useStore } from 'zustand';
import { type CommandGroup, commands } from '../../app/commands';
import { keysFor } from '../../app/keys';
import { t } from '../../i18n/t';
import { closeDialog, openDialog } from '../../stores/dialogs';
import { settings } from '../../stores/settings';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Kbd } from '../../ui/Kbd';
import css from './Shortcuts.module.css';

const GROUPS: readonly CommandGroup[] = [
  'run',
  'edit',
  'nodes',
  'view',
  'workflow',
  'results',
  'application',
];

/** What the pointer does, and what is held meanwhile. */
const GESTURES = [
  ['shortcuts.addNode', '', 'shortcuts.double'],
  ['shortcuts.pan', 'Space', 'shortcuts.drag'],
  ['shortcuts.zoom', 'Ctrl+Shift', 'shortcuts.drag'],
  ['shortcuts.box', 'Ctrl', 'shortcuts.drag'],
  ['shortcuts.add', 'Shift', 'shortcuts.drag'],
  ['shortcuts.copy', 'Alt', 'shortcuts.dragNode'],
  ['shortcuts.cut', 'Alt', 'shortcuts.drag'],
  ['shortcuts.cut', 'K', 'shortcuts.drag'],
] as const;

export function Shortcuts() {
  const all = useStore(commands, (state) => state.commands);
  useStore(settings, (state) => state.keys);
  return (
    <Dialog
      title={t('shortcuts.title')}
      closeLabel={t('app.close')}
      size="large"
      onClose={closeDialog}
      footer={<Button onClick={() => openDialog('settings')}>{t('shortcuts.change')}</Button>}
    >
      <div className={css['groups']}>
        {GROUPS.map((group) => {
          const rows = [...all.values()].filter((each) => each.group === group && keysFor(each).length > 0);
          if (rows.length === 0) return null;
          return (
            <section key={group} className={css['group']}>
              <h3>{t(`commands.${group}`)}</h3>
              <dl>
                {rows.map((command) => (
                  <div key={command.id} className={css['row']}>
                    <dt>{command.title()}</dt>
                    <dd>
                      {keysFor(command).map((keys) => (
                        <Kbd key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        <section className={css['group']}>
          <h3>{t('shortcuts.pointer')}</h3>
          <dl>
            {GESTURES.map(([key, keys, how]) => (
              <div key={`${key} ${keys}`} className={css['row']}>
                <dt>{t(key)}</dt>
                <dd>
                  {keys !== '' && <Kbd keys={keys} />} <span>{t(how)}</span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

// The menu at the top left: what concerns whole workflows and the application. Everything in it is a command.

import { useStore } from 'zustand';
import { canRun, commands, runCommand } from '../../app/commands';
import { keysFor } from '../../app/keys';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Menu, type MenuItem } from '../../ui/Menu';
import css from './AppMenu.module.css';
import { Logo } from './Logo';

const ENTRIES: readonly (readonly string[])[] = [
  ['workflow.new', 'workflow.open', 'templates.browse', 'workflow.reopen'],
  ['workflow.save', 'workflow.saveAs', 'workflow.versions', 'workflow.duplicate', 'workflow.clear'],
  ['workflow.export', 'workflow.exportApi', 'workflow.exportPython'],
  ['edit.undo', 'edit.redo'],
  ['app.palette', 'app.shortcuts', 'app.settings', 'app.about'],
];

export function AppMenu() {
  const all = useStore(commands, (state) => state.commands);
  useStore(tabs);
  const items = ENTRIES.flatMap((ids, group): MenuItem[] => {
    const entries = ids.flatMap((id): MenuItem[] => {
      const command = all.get(id);
      if (command === undefined) return [];
      return [
        {
          id,
          label: command.title(),
          keys: keysFor(command)[0],
          isDisabled: !canRun(command),
          // After the menu has closed and given the focus back.
          onSelect: () => setTimeout(() => runCommand(id)),
        },
      ];
    });
    return group === 0 ? entries : [{ kind: 'separator', id: `line-${group}` }, ...entries];
  });
  return (
    <Menu items={items}>
      <button type="button" className={css['menu']} aria-label={t('app.menu')}>
        <Logo />
      </button>
    </Menu>
  );
}

// The tabs of open workflows: dragged into another order, closed by the middle button, marked while not saved.

import { type DragEvent, type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import { runCommand } from '../../app/commands';
import { keysOfCommand } from '../../app/keys';
import { t } from '../../i18n/t';
import { runOf, runs } from '../../stores/runs';
import { activateTab, moveTab, type Tab, tabs } from '../../stores/tabs';
import { IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { showMenu } from '../../ui/Menu';
import css from './TabBar.module.css';

export function TabBar() {
  const { tabs: all, active } = useStore(tabs);
  const [dragged, setDragged] = useState<string | null>(null);
  const onKeys = (event: KeyboardEvent<HTMLElement>) => {
    const index = all.findIndex((tab) => tab.id === active);
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (event.key === 'Delete') runCommand('workflow.close');
    const next = by === 0 ? undefined : all[(index + by + all.length) % all.length];
    if (next === undefined) return;
    event.preventDefault();
    activateTab(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div className={css['bar']}>
      <div
        className={css['list']}
        role="tablist"
        aria-label={t('tabs.label')}
        tabIndex={-1}
        onKeyDown={onKeys}
      >
        {all.map((tab) => (
          <TabHead
            key={tab.id}
            tab={tab}
            isActive={tab.id === active}
            dragged={dragged}
            setDragged={setDragged}
          />
        ))}
      </div>
      <IconButton
        icon="plus"
        label={t('workflows.new')}
        className={css['new']}
        onClick={() => runCommand('workflow.new')}
      />
    </div>
  );
}

interface HeadProps {
  readonly tab: Tab;
  readonly isActive: boolean;
  readonly dragged: string | null;
  readonly setDragged: (id: string | null) => void;
}

function TabHead({ tab, isActive, dragged, setDragged }: HeadProps) {
  const isRunning = useStore(runs, (state) => runOf(state, tab.id)?.state === 'running');
  const drop = (event: DragEvent) => {
    if (dragged === null) return;
    event.preventDefault();
    event.stopPropagation();
    moveTab(dragged, tab.id);
  };
  const close = () => {
    if (!isActive) activateTab(tab.id);
    runCommand('workflow.close');
  };
  const mark = [
    tab.isImportedFromApi ? t('tabs.fromApi') : '',
    tab.isDirty ? t('tabs.dirty') : '',
    tab.isElsewhere ? t('tabs.elsewhere') : '',
    tab.isUnsafe && tab.isDirty ? t('tabs.unsafe') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the middle button and the menu are also commands
    <div
      className={classes(css['tab'], isActive && css['active'], dragged === tab.id && css['dragged'])}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move';
        setDragged(tab.id);
      }}
      onDragEnd={() => setDragged(null)}
      onDragOver={drop}
      onDrop={drop}
      onAuxClick={(event) => event.button === 1 && close()}
      onContextMenu={(event) => {
        event.preventDefault();
        activateTab(tab.id);
        showMenu({ x: event.clientX, y: event.clientY }, menu(), tab.name);
      }}
    >
      <button
        type="button"
        role="tab"
        id={`tab-${tab.id}`}
        aria-selected={isActive}
        aria-label={[tab.name, mark].filter((part) => part !== '').join(', ')}
        tabIndex={isActive ? 0 : -1}
        className={css['name']}
        title={[tab.path ?? tab.name, mark].filter((part) => part !== '').join('\n')}
        onClick={() => activateTab(tab.id)}
        onDoubleClick={() => runCommand('workflow.rename')}
      >
        {isRunning && <span className={css['running']} role="img" aria-label={t('tabs.running')} />}
        <span className={css['text']}>{tab.name}</span>
        {tab.isImportedFromApi && (
          <span className={css['api']} aria-hidden="true">
            API
          </span>
        )}
        {tab.isElsewhere && <Icon name="copy" size={12} />}
        {tab.isUnsafe && <Icon name="alert" size={12} />}
      </button>
      {/* For the pointer; the keyboard has Delete and a command. A button in a list of tabs is none to screen readers. */}
      <span
        className={css['close']}
        aria-hidden="true"
        title={t('tabs.close', { name: tab.name })}
        onClick={close}
      >
        {tab.isDirty && <span className={css['dirty']} />}
        <span className={css['cross']}>
          <Icon name="close" size={12} />
        </span>
      </span>
    </div>
  );
}

function menu() {
  const item = (id: string, label: string) => ({
    id,
    label,
    keys: keysOfCommand(id),
    onSelect: () => void runCommand(id),
  });
  return [
    item('workflow.save', t('workflows.save')),
    item('workflow.saveAs', t('workflows.saveAs')),
    item('workflow.rename', t('workflows.renameTab')),
    item('workflow.duplicate', t('workflows.duplicate')),
    { kind: 'separator' as const, id: 'line' },
    item('workflow.reopen', t('workflows.reopen')),
    item('workflow.close', t('workflows.close')),
  ];
}

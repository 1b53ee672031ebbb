// The tabs of open workflows: dragged into another order, closed by the middle button, marked while not saved.

import {
  type DragEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { runCommand } from '../../app/commands';
import { keysOfCommand } from '../../app/keys';
import { t } from '../../i18n/t';
import { runOf, runs } from '../../stores/runs';
import { activateTab, moveTab, type Tab, tabs } from '../../stores/tabs';
import { IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { Menu, type MenuItem, showMenu } from '../../ui/Menu';
import css from './TabBar.module.css';

export function TabBar() {
  const { tabs: all, active } = useStore(tabs);
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const isCut = useCut(list, all.length);
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
        ref={list}
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
      {isCut && (
        <Menu items={all.map((tab) => itemOf(tab, tab.id === active))}>
          <IconButton
            icon="chevronDown"
            label={t('tabs.all', { count: all.length })}
            className={css['new']}
          />
        </Menu>
      )}
      <IconButton
        icon="plus"
        label={t('workflows.new')}
        className={css['new']}
        onClick={() => runCommand('workflow.new')}
      />
    </div>
  );
}

/** Whether there is more in a row than can be seen of it. */
function useCut(row: RefObject<HTMLElement | null>, count: number): boolean {
  const [isCut, setCut] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each more or fewer it may be another answer
  useLayoutEffect(() => {
    const element = row.current;
    if (element === null) return;
    const look = () => setCut(element.scrollWidth > element.clientWidth + 1);
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    look();
    return () => watcher.disconnect();
  }, [row, count]);
  return isCut;
}

function itemOf({ id, name }: Tab, isActive: boolean): MenuItem {
  return { id, label: name, isChecked: isActive, onSelect: () => activateTab(id) };
}

/** A name, and the number at its end, which tells it from others and is never cut off. */
function partsOf(name: string): readonly [string, string] {
  const end = /\s*\(?\d+\)?$/.exec(name)?.[0] ?? '';
  return end.length < name.length ? [name.slice(0, name.length - end.length), end] : [name, ''];
}

interface HeadProps {
  readonly tab: Tab;
  readonly isActive: boolean;
  readonly dragged: string | null;
  readonly setDragged: (id: string | null) => void;
}

function TabHead({ tab, isActive, dragged, setDragged }: HeadProps) {
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) head.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isActive]);
  const [start, end] = partsOf(tab.name);
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
      ref={head}
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
        <span className={css['text']}>{start}</span>
        {end !== '' && <span className={css['end']}>{end}</span>}
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

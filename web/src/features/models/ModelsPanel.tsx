// Model files by kind and folder: looked at, and put on the canvas by a button, Enter, a double click or dragging.

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { pictureOf } from '../../api/models';
import { runCommand } from '../../app/commands';
import { keysOfCommand } from '../../app/keys';
import { sizeInWords } from '../../core/words';
import { t } from '../../i18n/t';
import { Button, IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Empty } from '../../ui/Empty';
import { SearchInput } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { VirtualList } from '../../ui/VirtualList';
import { ModelDetails } from './ModelDetails';
import css from './Models.module.css';
import { choose, loadModels, models, toggle } from './models.store';
import { type ModelRow, modelRows } from './rows';
import { addLoader, MODEL_DRAG } from './use';

const ROW = 32;

export function ModelsPanel() {
  const { folders, error, chosen, toggled } = useStore(models);
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => void loadModels(), []);
  const rows = useMemo(() => modelRows(folders ?? [], toggled, text), [folders, toggled, text]);
  const shown = rows.find((row) => row.kind === 'file' && row.path === chosen);
  const [stop, setStop] = useState('');
  const first = rows.some((row) => row.path === stop) ? stop : rows[0]?.path;
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role="treeitem"]') ?? [])];
    const place = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
  };
  return (
    <div className={css['panel']}>
      <div className={css['tools']}>
        <SearchInput label={t('models.filter')} value={text} spellCheck={false} onChange={setText} />
        <IconButton
          icon="refresh"
          label={t('models.refresh')}
          keys={keysOfCommand('app.refresh')}
          onClick={() => runCommand('app.refresh')}
        />
      </div>
      {error !== '' && (
        <Empty icon="alert" title={t('models.failed')} text={error}>
          <Button onClick={() => void loadModels()}>{t('app.tryAgain')}</Button>
        </Empty>
      )}
      {folders === null && error === '' && <Spinner label={t('app.loading')} />}
      {folders !== null && rows.length === 0 && (
        <Empty
          icon="disk"
          title={t(text === '' ? 'models.none' : 'models.noneFound')}
          {...(text === '' ? { text: t('models.noneText') } : {})}
        />
      )}
      {rows.length > 0 && (
        <div ref={list} className={css['place']}>
          <VirtualList
            items={rows}
            height={ROW}
            keyOf={(row) => row.path}
            role="tree"
            aria-label={t('models.tree')}
            onKeyDown={walk}
          >
            {(row) => (
              <Row
                row={row}
                isStop={row.path === first}
                isChosen={row.path === chosen}
                onFocus={() => setStop(row.path)}
              />
            )}
          </VirtualList>
        </div>
      )}
      {shown?.kind === 'file' && <ModelDetails key={shown.path} kind={shown.of} name={shown.model.name} />}
    </div>
  );
}

interface RowProps {
  readonly row: ModelRow;
  readonly isStop: boolean;
  readonly isChosen: boolean;
  readonly onFocus: () => void;
}

function Row({ row, isStop, isChosen, onFocus }: RowProps) {
  const isFolder = row.kind === 'folder';
  const act = () => (isFolder ? toggle(row.path) : choose(row.path));
  const add = () => {
    if (!isFolder) addLoader(row.of, row.model.name);
  };
  const onKeys = (event: KeyboardEvent) => {
    const turns =
      isFolder && (event.key === 'ArrowRight' ? !row.isOpen : event.key === 'ArrowLeft' && row.isOpen);
    if (event.key === ' ' || turns) act();
    else if (event.key === 'Enter') {
      if (isFolder) act();
      else add();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="treeitem"
      tabIndex={isStop ? 0 : -1}
      aria-level={row.level}
      aria-selected={isChosen}
      {...(isFolder
        ? {
            'aria-expanded': row.isOpen,
            'aria-label': t('models.kind', { name: row.name, count: row.count }),
          }
        : { 'aria-label': `${row.name} ${sizeInWords(row.model.size_bytes)}` })}
      className={classes(css['row'], isFolder && css['folder'], isChosen && css['chosen'])}
      style={{ paddingLeft: `${0.5 + (row.level - 1) * 0.875}rem` }}
      title={isFolder ? undefined : `${row.model.name}\n${sizeInWords(row.model.size_bytes)}`}
      draggable={!isFolder}
      onDragStart={(event) => {
        if (isFolder) return;
        event.dataTransfer.setData(MODEL_DRAG, `${row.of}:${row.model.name}`);
        event.dataTransfer.effectAllowed = 'copy';
      }}
      onFocus={onFocus}
      onClick={act}
      onDoubleClick={add}
      onKeyDown={onKeys}
    >
      {isFolder ? (
        <Icon name={row.isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
      ) : row.model.has_picture ? (
        <img
          className={css['thumb']}
          src={pictureOf(row.of, row.model.name)}
          alt=""
          width={24}
          height={24}
          loading="lazy"
        />
      ) : (
        <Icon name="disk" size={14} />
      )}
      <span className={css['name']}>{row.name}</span>
      <span className={css['note']} data-note={isFolder ? row.count : sizeInWords(row.model.size_bytes)} />
      {!isFolder && (
        <button
          type="button"
          tabIndex={-1}
          className={css['add']}
          aria-label={t('models.addIt', { name: row.name })}
          title={t('models.add')}
          onClick={(event) => {
            event.stopPropagation();
            add();
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <Icon name="plus" size={14} />
        </button>
      )}
    </div>
  );
}

// The tree of workflow files: one stop of the Tab key, walked by arrows, changed by keys, a menu or dragging.

import { type DragEvent, type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { when } from '../../core/words';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { showMenu } from '../../ui/Menu';
import css from './FileTree.module.css';
import { moveInto, type Place, setFavourite } from './file-actions';
import { setOpen } from './list.store';
import { openServerFile } from './open';
import { rowMenu } from './row-menu';
import { FAVOURITES, FILE_DRAG, folderOf, keyOfRow, placeIn, type TreeRow } from './tree';
import { pressInTree } from './tree-keys';

interface TreeProps {
  readonly rows: readonly TreeRow[];
  readonly folders: readonly string[];
}

export function FileTree({ rows, folders }: TreeProps) {
  const openTabs = useStore(tabs, (state) => state.tabs);
  const list = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState('');
  const [dragged, setDragged] = useState<Place | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const stop = rows.some((row) => keyOfRow(row) === current)
    ? current
    : ((rows[0] && keyOfRow(rows[0])) ?? '');

  const focusRow = (row: TreeRow | undefined) => {
    if (row === undefined) return;
    setCurrent(keyOfRow(row));
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(keyOfRow(row))}"]`)?.focus();
  };
  const act = (row: TreeRow) => {
    if (row.kind === 'folder') setOpen(row.path, !row.isOpen);
    else void openServerFile(row.path);
  };
  const onKeys = (event: KeyboardEvent<HTMLElement>, index: number) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (!pressInTree(event.key, { rows, index, go: focusRow, act })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const openMenu = (event: MouseEvent<HTMLElement>, row: TreeRow) => {
    event.preventDefault();
    event.stopPropagation();
    if (row.path === FAVOURITES) return;
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    // The keyboard's menu key has no point of its own.
    const isAtPointer = event.type === 'contextmenu' && event.button === 2;
    const at = isAtPointer ? { x: event.clientX, y: event.clientY } : { x: left + 16, y: bottom };
    showMenu(at, rowMenu(row, folders), row.name);
  };
  const targetOf = (row: TreeRow | null) =>
    row === null ? '' : row.kind === 'folder' ? row.path : folderOf(row.path);
  const dropping = (row: TreeRow | null) => ({
    onDragOver: (event: DragEvent<HTMLElement>) => {
      const folder = targetOf(row);
      if (dragged === null || placeIn(dragged.path, dragged.kind, folder) === null) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(folder);
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      if (dragged === null) return;
      event.preventDefault();
      event.stopPropagation();
      void moveInto(dragged, targetOf(row));
    },
  });
  const ended = () => {
    setDragged(null);
    setOver(null);
  };

  return (
    <div
      ref={list}
      role="tree"
      aria-label={t('workflows.tree')}
      className={classes(css['tree'], over === '' && css['over'])}
      {...dropping(null)}
      onDragLeave={(event) => event.currentTarget === event.target && setOver(null)}
    >
      {rows.map((row, index) => {
        const key = keyOfRow(row);
        const isOpen = openTabs.some((tab) => tab.path === row.path);
        const name = row.path === FAVOURITES ? t('workflows.favourites') : row.name;
        return (
          <div
            key={key}
            data-key={key}
            role="treeitem"
            tabIndex={key === stop ? 0 : -1}
            aria-level={row.level}
            aria-label={
              row.kind === 'folder'
                ? t('workflows.folder', { name, count: row.count })
                : [
                    [name, row.where, isOpen ? t('workflows.open') : '']
                      .filter((part) => part !== '')
                      .join(' '),
                    row.isFavourite && t('workflows.favouriteOn'),
                  ]
                    .filter((part) => part !== false)
                    .join(', ')
            }
            {...(row.kind === 'folder' ? { 'aria-expanded': row.isOpen } : {})}
            className={classes(
              css['row'],
              row.kind === 'folder' && css['folder'],
              over !== null && over !== '' && row.kind === 'folder' && row.path === over && css['over'],
            )}
            style={{ paddingLeft: `${0.25 + (row.level - 1) * 0.875}rem` }}
            title={row.kind === 'file' ? hintOf(row) : row.path}
            draggable={row.path !== FAVOURITES}
            onDragStart={(event) => {
              event.dataTransfer.setData(FILE_DRAG, `${row.kind}:${row.path}`);
              event.dataTransfer.effectAllowed = 'copyMove';
              setDragged({ kind: row.kind, path: row.path });
            }}
            onDragEnd={ended}
            {...dropping(row)}
            onFocus={() => setCurrent(key)}
            onClick={() => act(row)}
            onContextMenu={(event) => openMenu(event, row)}
            onKeyDown={(event) => onKeys(event, index)}
          >
            {row.kind === 'folder' ? (
              <>
                <Icon name={row.isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
                <Icon name={row.path === FAVOURITES ? 'star' : 'folder'} size={14} />
                <span className={css['name']}>{name}</span>
                <span className={css['note']} data-note={row.count} />
              </>
            ) : (
              <>
                <span className={css['indent']} />
                <Icon name="workflow" size={14} />
                <span className={css['name']}>
                  {name}
                  {row.where !== '' && <small>{row.where}</small>}
                </span>
                {isOpen && <span className={css['note']}>{t('workflows.open')}</span>}
                <RowButtons row={row} onMore={openMenu} />
              </>
            )}
            {row.kind === 'folder' && row.path !== FAVOURITES && <RowButtons row={row} onMore={openMenu} />}
          </div>
        );
      })}
    </div>
  );
}

interface ButtonsProps {
  readonly row: TreeRow;
  readonly onMore: (event: MouseEvent<HTMLElement>, row: TreeRow) => void;
}

/** For the pointer: the keyboard has the menu key, and both are in that menu. */
function RowButtons({ row, onMore }: ButtonsProps) {
  return (
    <span className={css['buttons']}>
      {row.kind === 'file' && (
        <button
          type="button"
          tabIndex={-1}
          className={classes(css['button'], row.isFavourite && css['marked'])}
          aria-label={t(row.isFavourite ? 'workflows.unfavourite' : 'workflows.favourite', {
            name: row.name,
          })}
          onClick={(event) => {
            event.stopPropagation();
            void setFavourite(row.path, !row.isFavourite);
          }}
        >
          <Icon name="star" size={14} />
        </button>
      )}
      <button
        type="button"
        tabIndex={-1}
        className={css['button']}
        aria-label={t('workflows.moreFor', { name: row.name })}
        onClick={(event) => onMore(event, row)}
      >
        <Icon name="dots" size={14} />
      </button>
    </span>
  );
}

function hintOf({ path, file }: Extract<TreeRow, { kind: 'file' }>): string {
  const nodes = file.nodes === null ? '' : `\n${t('versions.nodes', { count: file.nodes })}`;
  return `${path}\n${when(file.modified)}${nodes}`;
}

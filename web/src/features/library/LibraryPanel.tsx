// Every node type by category, to be dragged to the canvas or added by Enter; those that people mark stand first.

import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import { NodeSearch } from '../../core/search';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Empty } from '../../ui/Empty';
import { TextInput } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { VirtualList } from '../../ui/VirtualList';
import { addAt } from '../search/api';
import { bookmarks, toggleBookmark } from './bookmarks';
import css from './LibraryPanel.module.css';
import { type LibraryRow, libraryRows, NODE_DRAG } from './rows';

const ROW = 28;

export function LibraryPanel() {
  const types = useStore(catalog, (state) => state.types);
  const marked = useStore(bookmarks, (state) => state.types);
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const index = useMemo(() => new NodeSearch(types.values()), [types]);
  const rows = useMemo((): LibraryRow[] => {
    if (query.trim() !== '')
      return index
        .find(query, {}, new Map(), 300)
        .map((type) => ({ kind: 'type', type, depth: 0, isMarked: false }));
    return libraryRows(types, marked, open);
  }, [index, types, marked, open, query]);
  const toggle = (path: string) => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  return (
    <div className={css['panel']}>
      <div className={css['head']}>
        <TextInput
          aria-label={t('library.filter')}
          placeholder={t('library.filter')}
          value={query}
          spellCheck={false}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      {rows.length === 0 ? (
        <Empty icon="node" title={t('search.nothing')} />
      ) : (
        <VirtualList items={rows} height={ROW} keyOf={keyOf}>
          {(row) =>
            row.kind === 'folder' ? (
              <button
                type="button"
                className={classes(css['row'], css['folder'])}
                style={{ paddingLeft: 8 + row.depth * 14 }}
                aria-expanded={row.isOpen}
                onClick={() => toggle(row.path)}
              >
                <Icon name={row.isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
                <span className={css['name']}>{row.name}</span>
                <span className={css['count']}>{row.count}</span>
              </button>
            ) : (
              <TypeRow type={row.type} depth={row.depth} isMarked={marked.includes(row.type.type)} />
            )
          }
        </VirtualList>
      )}
    </div>
  );
}

function keyOf(row: LibraryRow): string {
  return row.kind === 'folder' ? `folder:${row.path}` : `${row.isMarked ? 'marked:' : ''}${row.type.type}`;
}

interface TypeRowProps {
  readonly type: NodeType;
  readonly depth: number;
  readonly isMarked: boolean;
}

function TypeRow({ type, depth, isMarked }: TypeRowProps) {
  const add = () => {
    const { width, height } = view.view;
    addAt(type, view.view.toGraph({ x: width / 2 - 100, y: height / 2 - 60 }));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dragged from here can be added by Enter, too
    <div
      className={css['line']}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(NODE_DRAG, type.type);
        event.dataTransfer.effectAllowed = 'copy';
      }}
    >
      <button
        type="button"
        className={css['row']}
        style={{ paddingLeft: 12 + depth * 14 }}
        title={type.description}
        onDoubleClick={add}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
      >
        <span className={css['name']}>{type.display_name}</span>
        {type.deprecated && <span className={css['mark']}>{t('node.deprecated')}</span>}
      </button>
      <IconButton
        icon="star"
        size="small"
        className={classes(css['star'], isMarked && css['starred'])}
        label={t(isMarked ? 'library.unmark' : 'library.mark', { name: type.display_name })}
        isActive={isMarked}
        onClick={() => toggleBookmark(type.type)}
      />
    </div>
  );
}

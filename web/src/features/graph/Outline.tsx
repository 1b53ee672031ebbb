// The graph as a tree: nodes in the order in which they run, subgraphs with what is in them. For screen readers the
// whole graph in real elements; for others a list to jump by.

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { jumpTo, whereabouts } from '../../app/scopes';
import { view } from '../../app/view';
import type { GraphDoc } from '../../core/doc';
import { executionOrder } from '../../core/select';
import { titleOf, typeNameOf } from '../../core/slots';
import type { NodeId, Scope } from '../../core/types';
import { t } from '../../i18n/t';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { VirtualList } from '../../ui/VirtualList';
import css from './graph.module.css';

interface Leaf {
  readonly key: string;
  readonly scope: Scope;
  readonly node: NodeId;
  readonly title: string;
  readonly type: string;
  readonly level: number;
  /** Whether it is a subgraph, and open. */
  readonly isOpen: boolean | null;
}

const ROW = 28;
const DEEPEST = 8;

function leavesOf(
  doc: GraphDoc,
  open: ReadonlySet<string>,
  scope: Scope = '',
  prefix = '',
  level = 1,
): Leaf[] {
  const graph = doc.graph(scope);
  return executionOrder(graph).flatMap((id): Leaf[] => {
    const node = graph.nodes.get(id) ?? {};
    const type = typeNameOf(node);
    const key = `${prefix}${id}`;
    const isInner = type !== '' && doc.has(type) && level < DEEPEST;
    const isOpen = isInner ? open.has(key) : null;
    const shown = isInner ? t('graph.subgraph') : type;
    const leaf = { key, scope, node: id, title: titleOf(node, view.catalog), type: shown, level, isOpen };
    return isOpen === true ? [leaf, ...leavesOf(doc, open, type, `${key}:`, level + 1)] : [leaf];
  });
}

export function Outline() {
  const doc = useStore(whereabouts, (state) => state.doc);
  const revision = useSyncExternalStore(
    useCallback((watcher) => doc?.watch(watcher) ?? (() => {}), [doc]),
    () => doc?.revision ?? 0,
  );
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<ReadonlySet<NodeId>>(new Set(view.selected));
  useEffect(() => bus.on('selection', () => setSelected(new Set(view.selected))), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the document changes in place, its revision with it
  const leaves = useMemo(() => (doc === null ? [] : leavesOf(doc, open)), [doc, revision, open]);
  if (leaves.length === 0) return <Empty icon="layers" title={t('graph.outlineEmpty')} />;
  const toggle = (key: string, wanted?: boolean) =>
    setOpen((before) => {
      const next = new Set(before);
      if (wanted ?? !before.has(key)) next.add(key);
      else next.delete(key);
      return next;
    });
  return (
    <VirtualList
      className={css['tree']}
      items={leaves}
      height={ROW}
      keyOf={(leaf) => leaf.key}
      role="tree"
      aria-label={t('graph.outline')}
      onKeyDown={walk}
    >
      {(leaf, index) => (
        <button
          type="button"
          role="treeitem"
          tabIndex={index === 0 ? 0 : -1}
          className={css['leaf']}
          style={{ paddingLeft: 8 + (leaf.level - 1) * 16 }}
          aria-level={leaf.level}
          aria-posinset={index + 1}
          aria-setsize={leaves.length}
          aria-selected={leaf.scope === view.scope && selected.has(leaf.node)}
          aria-expanded={leaf.isOpen ?? undefined}
          onClick={() => jumpTo(leaf.scope, leaf.node)}
          onDoubleClick={() => leaf.isOpen !== null && toggle(leaf.key)}
          onKeyDown={(event) => {
            if (leaf.isOpen === null || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
            toggle(leaf.key, event.key === 'ArrowRight');
            event.preventDefault();
          }}
        >
          {leaf.isOpen !== null && <Icon name={leaf.isOpen ? 'chevronDown' : 'chevronRight'} size={12} />}
          <span>{leaf.title}</span>
          <small>
            #{leaf.node} {leaf.type === leaf.title ? '' : leaf.type}
          </small>
        </button>
      )}
    </VirtualList>
  );
}

/** Arrows, Home and End go from row to row. */
function walk(event: React.KeyboardEvent<HTMLDivElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  const place = rows.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(to, rows.length - 1))]?.focus();
}

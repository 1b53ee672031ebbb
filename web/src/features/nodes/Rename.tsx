// A field over the title of a node or a group, to change it where it stands.

import { useEffect, useRef, useState } from 'react';
import { bus } from '../../app/bus';
import { focusCanvas, view } from '../../app/view';
import { groupBox } from '../../core/edit';
import { TITLE } from '../../core/geometry';
import { groupFont, groupTitleHeight } from '../../core/groups';
import { asString } from '../../core/json';
import { titleOf } from '../../core/slots';
import type { Box } from '../../core/types';
import { t } from '../../i18n/t';
import css from './nodes.module.css';
import { setTitle } from './titles';

interface Renamed {
  readonly kind: 'node' | 'group';
  readonly id: string;
  readonly text: string;
  readonly before: string;
}

export function Rename() {
  const [renamed, setRenamed] = useState<Renamed | null>(null);
  const isOver = useRef(false);
  const [, redraw] = useState(0);
  useEffect(
    () =>
      bus.on('rename', (kind, id) => {
        const graph = view.scene?.graph;
        const node = kind === 'node' ? graph?.nodes.get(id) : undefined;
        const group = kind === 'group' ? graph?.groups.get(id) : undefined;
        const before = node !== undefined ? titleOf(node, view.catalog) : asString(group?.['title']);
        if (node === undefined && group === undefined) return;
        isOver.current = false;
        setRenamed({ kind, id, text: before ?? '', before: before ?? '' });
      }),
    [],
  );
  useEffect(() => bus.on('viewport', () => redraw((count) => count + 1)), []);
  if (renamed === null) return null;
  const graph = view.scene?.graph;
  const box: Box | null | undefined =
    renamed.kind === 'node'
      ? view.scene?.layout(renamed.id)?.box
      : groupBox(graph?.groups.get(renamed.id) ?? {});
  if (box == null) return null;
  const corner = view.view.toScreen(box);
  const zoom = view.view.zoom;
  const group = renamed.kind === 'group' ? (graph?.groups.get(renamed.id) ?? {}) : null;
  const [height, font] = group === null ? [TITLE, 13] : [groupTitleHeight(group), groupFont(group)];
  const finish = (isKept: boolean) => {
    // The field that goes is left, too.
    if (isOver.current) return;
    isOver.current = true;
    const title = renamed.text.trim();
    setRenamed(null);
    if (isKept && title !== renamed.before) setTitle(renamed.kind, renamed.id, title);
  };
  return (
    <input
      className={css['rename']}
      style={{
        left: corner.x,
        top: corner.y,
        width: Math.max(140, box.w * zoom),
        height: Math.max(26, height * zoom),
        fontSize: Math.max(12, font * zoom),
      }}
      aria-label={t('edit.rename')}
      // biome-ignore lint/a11y/noAutofocus: whoever renames wants to type
      autoFocus
      value={renamed.text}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setRenamed({ ...renamed, text: event.target.value })}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        finish(event.key === 'Enter');
        focusCanvas();
      }}
    />
  );
}

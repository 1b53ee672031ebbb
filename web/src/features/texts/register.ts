// Texts on nodes, made higher and lower by keys: the one that is written in, or else the first of the node.

import { registerCommands } from '../../app/commands';
import { canvasHost, view } from '../../app/view';
import { isPinned } from '../../core/geometry';
import { textEdges } from '../../core/texts';
import type { NodeId } from '../../core/types';
import { editTextEdge } from '../../engine/node/edits';
import { t } from '../../i18n/t';

/** About a line of text. */
const STEP = 20;

/** The node that keys mean: the one that has the keyboard, or else the only selected one. */
function currentNode(): NodeId | null {
  const [only] = view.selected;
  return view.focused ?? (view.selected.size === 1 ? (only ?? null) : null);
}

interface Subject {
  readonly node: NodeId;
  readonly name: string;
  /** Where it ends now. */
  readonly y: number;
}

function subject(): Subject | null {
  const field = document.activeElement;
  const row = field?.tagName === 'TEXTAREA' ? field.closest<HTMLElement>('[data-widget]') : null;
  const isOnCanvas = row !== null && canvasHost()?.contains(row) === true;
  const node = isOnCanvas ? row.closest<HTMLElement>('[data-node]')?.dataset['node'] : currentNode();
  const [shape, layout] = [view.scene?.shape(node ?? ''), view.scene?.layout(node ?? '')];
  if (node == null || shape === undefined || layout === undefined) return null;
  if (layout.isCollapsed || isPinned(view.scene?.node(node) ?? {})) return null;
  const name = isOnCanvas ? row.dataset['widget'] : undefined;
  const edge = textEdges(shape, layout).find((each) => name === undefined || each.name === name);
  return edge === undefined ? null : { node, ...edge };
}

function grow(by: number): void {
  const text = subject();
  if (text === null) return;
  const gesture = `text ${text.node} ${text.name}`;
  editTextEdge(view, text.node, text.name, text.y + by, { gesture });
}

const rest = { group: 'nodes', scope: 'anywhere', inFields: true, when: () => subject() !== null } as const;
registerCommands(
  {
    ...{ id: 'texts.higher', title: () => t('graph.textHigher'), keys: ['Alt+Shift+ArrowDown'] },
    ...{ ...rest, run: () => grow(STEP) },
  },
  {
    ...{ id: 'texts.lower', title: () => t('graph.textLower'), keys: ['Alt+Shift+ArrowUp'] },
    ...{ ...rest, run: () => grow(-STEP) },
  },
);

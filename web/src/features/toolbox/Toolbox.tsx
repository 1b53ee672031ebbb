// What can be done with what is selected, in a bar above it. It follows the view, and is out of the way while something
// is dragged; Tab or Alt+F10 leads to it, arrows go along it, Esc goes back to the graph.

import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useReducer, useRef } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { canRun, commands } from '../../app/commands';
import { keysFor } from '../../app/keys';
import { menuItems } from '../../app/menus';
import { allTools, type Tool } from '../../app/toolbox';
import { canvasHost, focusCanvas, view } from '../../app/view';
import { groupBox } from '../../core/edit';
import { overlaps, surrounding } from '../../core/geometry';
import type { Box } from '../../core/types';
import { t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import { tabs } from '../../stores/tabs';
import { IconButton } from '../../ui/Button';
import { showMenu } from '../../ui/Menu';
import { setToolbox } from './shown';
import css from './Toolbox.module.css';

const ABOVE = 10;
const EDGE = 8;

/** The box around what is selected, in the graph. */
function selectionBox(): Box | null {
  const scene = view.scene;
  if (scene === null) return null;
  const groups = [...view.selectedGroups].flatMap((id) => groupBox(scene.graph.groups.get(id) ?? {}) ?? []);
  const nodes = view.selected.size === 0 ? null : scene.bounds(view.selected);
  return surrounding(nodes === null ? groups : [nodes, ...groups]);
}

export function Toolbox() {
  const isWanted = useStore(settings, (state) => state.showsToolbox);
  const active = useStore(tabs, (state) => state.active);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => bus.on('selection', redraw), []);
  useEffect(() => bus.on('shown', redraw), []);
  if (!isWanted || active === null || (view.selected.size === 0 && view.selectedGroups.size === 0))
    return null;
  return <Bar redraw={redraw} />;
}

function Bar({ redraw }: { readonly redraw: () => void }) {
  const bar = useRef<HTMLDivElement>(null);
  /** Its own, read after it was rendered: asking while the view moves would lay out the page each time. */
  const size = useRef({ w: 0, h: 0 });
  const place = useCallback(() => {
    const element = bar.current;
    const box = selectionBox();
    if (element === null || box === null) return;
    const isAway = !overlaps(box, view.view.area) || view.preferences.isLocked;
    if (isAway) element.dataset['away'] = '';
    else delete element.dataset['away'];
    const { width, height } = view.view;
    const [from, to] = [view.view.toScreen(box), view.view.toScreen({ x: box.x + box.w, y: box.y + box.h })];
    const { w, h } = size.current;
    const left = Math.max(EDGE, Math.min((from.x + to.x - w) / 2, width - w - EDGE));
    const above = from.y - h - ABOVE;
    const below = to.y + ABOVE;
    const top = above >= EDGE ? above : below + h + EDGE <= height ? below : EDGE;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }, []);
  useLayoutEffect(() => {
    if (bar.current !== null) size.current = { w: bar.current.offsetWidth, h: bar.current.offsetHeight };
    place();
    setToolbox(bar.current);
    const buttons = [...(bar.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    if (!buttons.some((each) => each === document.activeElement)) makeStop(buttons, buttons[0]);
    return () => setToolbox(null);
  });
  useEffect(() => bus.on('viewport', place), [place]);
  useEffect(
    () =>
      view.doc?.watch(({ cause }) => {
        // What is dragged is followed when it is let go. What can be done changes with the selection, and by undo.
        if (bar.current?.dataset['dragged'] !== undefined) return;
        if (cause === 'edit') place();
        else redraw();
      }),
    [redraw, place],
  );
  useEffect(() => stayAway(bar, place), [place]);
  return (
    <div
      ref={bar}
      className={css['bar']}
      role="toolbar"
      onPointerDown={keepFocus}
      aria-label={t('toolbox.title')}
      onKeyDown={walk}
    >
      {allTools().map((tool) => (
        <ToolButton key={'command' in tool ? tool.command : tool.id} tool={tool} />
      ))}
      <IconButton icon="dots" label={t('toolbox.more')} tabIndex={-1} side="top" onClick={showMore} />
    </div>
  );
}

/** While the pointer drags something on the canvas the bar is not there. */
function stayAway(bar: { readonly current: HTMLElement | null }, place: () => void): () => void {
  const host = canvasHost();
  const end = () => {
    if (bar.current?.dataset['dragged'] === undefined) return;
    delete bar.current.dataset['dragged'];
    place();
  };
  const move = (event: PointerEvent) => {
    if (event.buttons !== 0 && bar.current !== null) bar.current.dataset['dragged'] = '';
  };
  host?.addEventListener('pointermove', move, { passive: true });
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
  return () => {
    host?.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
  };
}

function ToolButton({ tool }: { readonly tool: Tool }) {
  const known = useStore(commands, (state) =>
    'command' in tool ? state.commands.get(tool.command) : undefined,
  );
  const tab = { tabIndex: -1, side: 'top' as const };
  if ('command' in tool) {
    if (known === undefined || !canRun(known)) return null;
    return (
      <IconButton
        {...tab}
        icon={tool.icon}
        label={known.title()}
        keys={keysFor(known)[0]}
        onClick={() => void known.run()}
      />
    );
  }
  const items = tool.items();
  if (items.length === 0) return null;
  return (
    <IconButton
      {...tab}
      icon={tool.icon}
      label={tool.title()}
      aria-haspopup="menu"
      onClick={(event) => showMenu(below(event.currentTarget), tool.items(), tool.title())}
    />
  );
}

function below(button: Element): { x: number; y: number } {
  const box = button.getBoundingClientRect();
  return { x: box.left, y: box.bottom + 4 };
}

/** Everything else: the menu of the right button. */
function showMore(event: { readonly currentTarget: Element }): void {
  const [node] = view.selected;
  const [group] = view.selectedGroups;
  const box = selectionBox();
  const at = { x: box?.x ?? 0, y: box?.y ?? 0 };
  const context =
    node !== undefined
      ? ({ kind: 'node', id: node } as const)
      : ({ kind: 'group', id: group ?? '' } as const);
  showMenu(below(event.currentTarget), menuItems({ ...context, at }), t('toolbox.more'));
}

/** Arrows go from tool to tool; one of them is a tab stop. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key === 'Escape') {
    event.preventDefault();
    focusCanvas();
    return;
  }
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: (at + 1) % buttons.length,
    ArrowLeft: (at - 1 + buttons.length) % buttons.length,
    Home: 0,
    End: buttons.length - 1,
  };
  const next = buttons[steps[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  makeStop(buttons, next);
  next.focus();
}

/** One of the buttons is reached by Tab. */
function makeStop(buttons: readonly HTMLElement[], stop: HTMLElement | undefined): void {
  for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
}

/** A press leaves the keyboard with the graph. */
function keepFocus(event: { preventDefault(): void }): void {
  event.preventDefault();
}

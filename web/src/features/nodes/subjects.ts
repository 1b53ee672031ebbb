// Which slot or value the pointer or the keyboard has been on for a moment: one that has an element, or, where nodes are
// too small for that, one that is painted.

import type { HelpSubject } from '../../app/help';
import { canvasHost, view } from '../../app/view';
import { HANDLES } from '../../engine/hit';
import { DETAIL } from '../../engine/paint';

const DELAY = 600;
/** To reach what the tip offers one passes over other things. */
const GRACE = 350;

type Slot = NonNullable<HelpSubject['slot']>;

export interface Subject {
  readonly node: string;
  readonly slot: Slot;
  /** On the screen. */
  readonly box: { readonly left: number; readonly top: number; readonly bottom: number };
  /** Whether it is still where it was. */
  readonly isThere: () => boolean;
}

/**
 * Tell what to show a tip of, and null when it is over, until the returned function is called.
 *
 * @param isOnTip whether an element belongs to the tip itself, which stays while the pointer is on it.
 */
export function watchSubjects(
  show: (subject: Subject | null) => void,
  isOnTip: (target: EventTarget | null) => boolean,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let on: Subject | null = null;
  let next: Subject | null = null;
  let isShown = false;
  const turn = (to: Subject | null) => {
    clearTimeout(timer);
    clearTimeout(leaving);
    leaving = undefined;
    if (isShown) show(null);
    isShown = false;
    on = to;
    if (to !== null)
      timer = setTimeout(() => {
        isShown = to.isThere();
        if (isShown) show(to);
      }, DELAY);
  };
  const point = (to: Subject | null) => {
    next = to;
    if (isSame(to, on)) {
      clearTimeout(leaving);
      leaving = undefined;
    } else if (!isShown) turn(to);
    else leaving ??= setTimeout(() => turn(next), GRACE);
  };
  const over = (event: Event) => {
    if (isOnTip(event.target)) point(on);
    else point(elementSubject(event.target) ?? paintedSubject(event));
  };
  const moved = (event: Event) => {
    if (view.view.zoom < DETAIL) over(event);
  };
  const focused = (event: Event) => {
    // A press on what the tip offers gives it the focus.
    if (isOnTip(event.target)) return;
    const to = elementSubject(event.target);
    if (!isSame(to, on)) turn(to);
  };
  const leave = (event: Event) => {
    if (!isOnTip(event.target)) turn(null);
  };
  const stopping = new AbortController();
  const options = { signal: stopping.signal, passive: true };
  document.addEventListener('pointerover', over, options);
  document.addEventListener('pointermove', moved, options);
  document.addEventListener('focusin', focused, options);
  for (const name of ['pointerdown', 'wheel', 'keydown'])
    document.addEventListener(name, leave, { ...options, capture: true });
  return () => {
    turn(null);
    stopping.abort();
  };
}

function isSame(one: Subject | null, other: Subject | null): boolean {
  if (one === null || other === null) return one === other;
  return one.node === other.node && one.slot.side === other.slot.side && one.slot.name === other.slot.name;
}

/** The slot or value that an element of the graph belongs to. */
export function elementSubject(target: EventTarget | null): Subject | null {
  if (!(target instanceof Element) || canvasHost()?.contains(target) !== true) return null;
  const element = target.closest<HTMLElement>('[data-input],[data-output]');
  const node = element?.closest<HTMLElement>('[data-node]')?.dataset['node'];
  if (element === null || node === undefined) return null;
  const { input, output = '' } = element.dataset;
  const slot: Slot = input === undefined ? { side: 'output', name: output } : { side: 'input', name: input };
  const isThere = () => element.isConnected;
  return { node, slot, box: element.getBoundingClientRect(), isThere };
}

function paintedSubject(event: Event): Subject | null {
  const [host, scene] = [canvasHost(), view.scene];
  const isOnCanvas = event.target instanceof Element && host?.contains(event.target) === true;
  const { zoom } = view.view;
  if (!(event instanceof PointerEvent) || event.buttons !== 0 || !isOnCanvas || scene === null) return null;
  if (zoom >= DETAIL || zoom < HANDLES) return null;
  const { left, top } = host.getBoundingClientRect();
  const at = view.view.toGraph({ x: event.clientX - left, y: event.clientY - top });
  const hit = scene.hit(at, zoom);
  if (hit.kind !== 'input' && hit.kind !== 'output' && hit.kind !== 'node') return null;
  const [shape, layout] = [scene.shape(hit.node), scene.layout(hit.node)];
  if (shape === undefined || layout === undefined) return null;
  const isThere = () => view.scene?.shape(hit.node) !== undefined;
  const subject = (slot: Slot, from: { x: number; y: number }, height: number): Subject => {
    const corner = view.view.toScreen(from);
    const box = {
      left: left + corner.x,
      top: top + corner.y,
      bottom: top + corner.y + height * zoom,
    };
    return { node: hit.node, slot, box, isThere };
  };
  if (hit.kind === 'node') {
    const row = layout.widgets.find(({ y, h }) => at.y >= y && at.y <= y + h);
    if (row === undefined) return null;
    return subject({ side: 'input', name: row.widget.name }, { x: layout.body.x, y: row.y }, row.h);
  }
  const place = hit.kind === 'input' ? layout.inputs[hit.index] : layout.outputs[hit.index];
  const name = (hit.kind === 'input' ? shape.inputs : shape.outputs)[hit.index]?.name;
  if (place === undefined || name === undefined) return null;
  return subject({ side: hit.kind, name }, { x: place.x, y: place.y - 10 }, 20);
}

// Why a link cannot be made, beside the pointer; and, if there is exactly one converter, the offer to put it between.

import { useEffect, useState } from 'react';
import { bus } from '../../app/bus';
import { focusCanvas, view } from '../../app/view';
import { pathBetween, type Refusal } from '../../core/edit';
import { insertAdapter, nearestGiver } from '../../core/replace';
import { titleOf } from '../../core/slots';
import { type Adapter, adaptersBetween } from '../../core/typecheck';
import type { NodeId, Point } from '../../core/types';
import type { ViewEvents } from '../../engine/GraphView';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { Kbd } from '../../ui/Kbd';
import { moveClear } from './add';
import css from './RefusalTip.module.css';

type Reason = NonNullable<Parameters<ViewEvents['refused']>[0]>;

interface Shown {
  readonly reason: Reason;
  readonly screen: Point;
  readonly adapter: Adapter | null;
  /** The link was let go: the offer stays for a while, and can be pressed. */
  readonly isOffer: boolean;
}

const STAYS = 6000;

export function RefusalTip() {
  const [shown, setShown] = useState<Shown | null>(null);

  useEffect(
    () =>
      bus.on('refused', (reason, screen) => {
        if (reason !== null) {
          setShown({ reason, screen, adapter: adapterFor(reason), isOffer: false });
        } else {
          setShown((now) =>
            now?.adapter != null && view.openLink === null ? { ...now, isOffer: true } : null,
          );
        }
      }),
    [],
  );

  useEffect(() => {
    if (shown === null) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && shown.isOffer) setShown(null);
      if (event.key !== 'Enter' || shown.adapter === null) return;
      event.preventDefault();
      event.stopPropagation();
      accept(shown);
      setShown(null);
    };
    const onPress = (event: PointerEvent) => {
      if (
        shown.isOffer &&
        !(event.target instanceof Element && event.target.closest('[data-offer]') !== null)
      )
        setShown(null);
    };
    window.addEventListener('keydown', onKey, true);
    window.addEventListener('pointerdown', onPress, true);
    const timer = shown.isOffer ? setTimeout(() => setShown(null), STAYS) : undefined;
    return () => {
      window.removeEventListener('keydown', onKey, true);
      window.removeEventListener('pointerdown', onPress, true);
      clearTimeout(timer);
    };
  }, [shown]);

  if (shown === null) return null;
  const { reason, screen, adapter, isOffer } = shown;
  const words = t('refusal.insert', { name: adapter?.type.display_name ?? '' });
  return (
    <div
      className={css['tip']}
      style={{
        left: Math.min(screen.x + 16, view.view.width - 280),
        top: Math.min(screen.y + 16, view.view.height - 90),
      }}
      role="status"
      data-offer=""
    >
      <p>{refusalWords(reason)}</p>
      {adapter !== null &&
        (isOffer ? (
          <Button
            size="small"
            kind="primary"
            onClick={() => {
              accept(shown);
              setShown(null);
            }}
          >
            {words}
          </Button>
        ) : (
          <p className={css['offer']}>
            <Kbd keys="Enter" /> {words}
          </p>
        ))}
    </div>
  );
}

/** In words, with the nodes of a circle by their titles. */
export function refusalWords(refusal: Refusal): string {
  const { code, given, wanted, input, path } = refusal;
  if (code === 'type') return t('refusal.type', { given, wanted, input });
  if (code === 'self') return t('refusal.self');
  if (code === 'gone') return t('refusal.gone');
  const titles = path.map((id) => {
    const node = view.scene?.graph.nodes.get(id);
    return node === undefined ? id : titleOf(node, view.catalog);
  });
  const [title = ''] = titles;
  if (code === 'takesNone') return t('refusal.takesNone', { title, type: given });
  if (code === 'givesNone') return t('refusal.givesNone', { title, type: wanted });
  return t('refusal.cycle', { path: titles.join(' → ') });
}

/** The one converter that there is, or the one that is simpler than all others; what it needs besides is at hand. */
function adapterFor(reason: Reason): Adapter | null {
  const scene = view.scene;
  if (reason.code !== 'type' || scene === null) return null;
  const isCircle = pathBetween({ graph: scene.graph }, reason.to.node, reason.from.node) !== null;
  if (isCircle) return null;
  const isAtHand = (type: string) =>
    nearestGiver({ graph: scene.graph }, type, { x: 0, y: 0 }, '', view.catalog) !== null;
  const found = adaptersBetween(reason.given, reason.wanted, view.catalog, isAtHand).toSorted(
    (one, other) => one.type.inputs.length - other.type.inputs.length,
  );
  const [first, second] = found;
  if (first === undefined || first.type.inputs.length === second?.type.inputs.length) return null;
  return first;
}

let count = 0;

function accept({ reason, adapter }: Shown): void {
  if (adapter === null) return;
  view.abandon();
  const made: NodeId[] = [];
  count += 1;
  const gesture = `adapter${count}`;
  const label = t('refusal.insert', { name: adapter.type.display_name });
  view.doc?.edit(
    label,
    view.scope,
    (tx) => void made.push(insertAdapter(tx, adapter, reason.from, reason.to, view.catalog)),
    gesture,
  );
  for (const id of made) moveClear(id, gesture);
  view.select(made);
  focusCanvas();
}

// What a slot or a widget is, after the pointer or the keyboard has been on it for a moment. One tip for the whole graph.

import { useEffect, useState } from 'react';
import { canvasHost, view } from '../../app/view';
import { issueAt } from '../../engine/node/issues';
import { t } from '../../i18n/t';
import { inputFacts } from './facts';
import css from './nodes.module.css';

const DELAY = 600;

interface Tip {
  readonly left: number;
  readonly top: number;
  readonly isAbove: boolean;
  readonly name: string;
  readonly type: string;
  readonly facts: string;
  readonly words: string;
  readonly issue: string | null;
}

export function Tips() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let on: Element | null = null;
    const leave = () => {
      clearTimeout(timer);
      on = null;
      setTip(null);
    };
    const enter = (event: Event) => {
      const target = event.target instanceof Element ? event.target : null;
      const host = canvasHost();
      const next =
        host?.contains(target) === true ? (target?.closest('[data-input],[data-output]') ?? null) : null;
      if (next === on) return;
      leave();
      on = next;
      if (next !== null) timer = setTimeout(() => next.isConnected && setTip(tipFor(next)), DELAY);
    };
    const events = ['pointerdown', 'wheel', 'keydown'] as const;
    document.addEventListener('pointerover', enter);
    document.addEventListener('focusin', enter);
    for (const name of events) document.addEventListener(name, leave, { capture: true, passive: true });
    return () => {
      leave();
      document.removeEventListener('pointerover', enter);
      document.removeEventListener('focusin', enter);
      for (const name of events) document.removeEventListener(name, leave, { capture: true });
    };
  }, []);
  if (tip === null) return null;
  return (
    <div
      className={css['tip']}
      role="tooltip"
      style={{ left: tip.left, top: tip.top, transform: tip.isAbove ? 'translateY(-100%)' : undefined }}
    >
      <p className={css['tipHead']}>
        {tip.name}
        <span className={css['tipType']}>{tip.type}</span>
      </p>
      {tip.issue !== null && <p className={css['tipWrong']}>{tip.issue}</p>}
      {tip.words !== '' && <p>{tip.words}</p>}
      {tip.facts !== '' && <p className={css['tipFacts']}>{tip.facts}</p>}
    </div>
  );
}

function tipFor(element: Element): Tip | null {
  if (!(element instanceof HTMLElement)) return null;
  const id = element.closest<HTMLElement>('[data-node]')?.dataset['node'];
  const shape = id === undefined ? undefined : view.scene?.shape(id);
  if (id === undefined || shape === undefined) return null;
  const box = element.getBoundingClientRect();
  const isAbove = box.bottom + 140 > window.innerHeight;
  const place = {
    left: Math.max(8, Math.min(box.left, window.innerWidth - 330)),
    top: isAbove ? box.top - 6 : box.bottom + 6,
    isAbove,
  };
  const output = element.dataset['output'];
  if (output !== undefined) {
    const index = shape.outputs.findIndex((each) => each.name === output);
    const known = shape.type?.outputs[index];
    const type = shape.outputs[index]?.type ?? '';
    return { ...place, name: output || type, type, facts: '', words: known?.tooltip ?? '', issue: null };
  }
  const name = element.dataset['input'] ?? '';
  const slot = shape.inputs.find((each) => each.name === name);
  const input = shape.type?.inputs.find((each) => each.name === name);
  return {
    ...place,
    name: slot?.label ?? name,
    type: slot?.type ?? input?.type ?? t('tip.unknown'),
    facts: input === undefined ? '' : inputFacts(input),
    words: input?.tooltip ?? '',
    issue: issueAt(id, name),
  };
}

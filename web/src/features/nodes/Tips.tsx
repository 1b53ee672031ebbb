// What a slot or a value is: type, range, default, in words, and the way to all that is known of its node. One tip for the
// whole graph. It lets the pointer through, save for what it offers.

import { useEffect, useRef, useState } from 'react';
import { commands } from '../../app/commands';
import { wantHelp } from '../../app/help';
import { keysFor } from '../../app/keys';
import { view } from '../../app/view';
import { issueAt } from '../../engine/node/issues';
import { t } from '../../i18n/t';
import { Icon } from '../../ui/Icon';
import { Kbd } from '../../ui/Kbd';
import { inputFacts } from './facts';
import css from './nodes.module.css';
import { type Subject, watchSubjects } from './subjects';

const ID = 'node-tip';

export function Tips() {
  const [subject, setSubject] = useState<Subject | null>(null);
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      watchSubjects(
        setSubject,
        (target) => target instanceof Node && sheet.current?.contains(target) === true,
      ),
    [],
  );
  useEffect(() => {
    // Who is in a field hears what the others see.
    const field = document.activeElement?.closest('[data-input]') ? document.activeElement : null;
    if (subject === null || field === null || field.hasAttribute('aria-describedby')) return;
    field.setAttribute('aria-describedby', ID);
    return () => field.removeAttribute('aria-describedby');
  }, [subject]);
  const tip = subject === null ? null : tipOf(subject);
  if (subject === null || tip === null) return null;
  const isAbove = subject.box.bottom + 140 > window.innerHeight;
  const left = Math.max(8, Math.min(subject.box.left, window.innerWidth - 330));
  const command = commands.getState().commands.get('nodes.helpHere');
  const [keys] = command === undefined ? [] : keysFor(command);
  return (
    <div
      ref={sheet}
      className={css['tip']}
      style={{
        left,
        top: isAbove ? subject.box.top - 6 : subject.box.bottom + 6,
        transform: isAbove ? 'translateY(-100%)' : undefined,
      }}
    >
      <div id={ID} role="tooltip" className={css['tipText']}>
        <p className={css['tipHead']}>
          {tip.name}
          <span className={css['tipType']}>{tip.type}</span>
        </p>
        {tip.issue !== null && <p className={css['tipWrong']}>{tip.issue}</p>}
        {tip.words !== '' && <p>{tip.words}</p>}
        {tip.facts !== '' && <p className={css['tipFacts']}>{tip.facts}</p>}
      </div>
      {tip.title !== null && (
        <button
          type="button"
          className={css['tipHelp']}
          tabIndex={-1}
          onClick={() => {
            setSubject(null);
            wantHelp(subject);
          }}
        >
          <Icon name="info" size={14} />
          {t('tip.help', { title: tip.title })}
          {keys !== undefined && <Kbd keys={keys} />}
        </button>
      )}
    </div>
  );
}

interface Tip {
  readonly name: string;
  readonly type: string;
  readonly facts: string;
  readonly words: string;
  readonly issue: string | null;
  /** What the type is called of which there is more to read; null if nothing is known of it. */
  readonly title: string | null;
}

export function tipOf({ node, slot: { side, name } }: Pick<Subject, 'node' | 'slot'>): Tip | null {
  const shape = view.scene?.shape(node);
  if (shape === undefined) return null;
  const title = shape.type?.display_name ?? null;
  if (side === 'output') {
    const index = shape.outputs.findIndex((each) => each.name === name);
    const type = shape.outputs[index]?.type ?? '';
    const words = shape.type?.outputs[index]?.tooltip ?? '';
    return { name: name || type, type, facts: '', words, issue: null, title };
  }
  const slot = shape.inputs.find((each) => each.name === name);
  const input = shape.type?.inputs.find((each) => each.name === name);
  return {
    name: slot?.label ?? name,
    type: slot?.type ?? input?.type ?? t('tip.unknown'),
    facts: input === undefined ? '' : inputFacts(input),
    words: input?.tooltip ?? '',
    issue: issueAt(node, name),
    title,
  };
}

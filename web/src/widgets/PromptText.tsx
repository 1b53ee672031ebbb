// Text that a model reads: Ctrl+Up and Ctrl+Down weigh words, and the bracket at the caret shows its other half.

import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { bracketsAt, changeWeight } from '../core/prompt';
import { classes } from '../ui/classes';
import { useCaret } from './caret';
import { widgetHost } from './host';
import { isForThePage } from './textKeys';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

const STEP = 0.05;

export function PromptText({
  id,
  label,
  value,
  input,
  isReadOnly,
  isRoomy,
  onChange,
  onSettle,
}: WidgetProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const wanted = useRef<readonly [number, number] | null>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const text = typeof value === 'string' ? value : String(value ?? '');
  const typed = useCaret(field, text);
  const brackets = caret === null ? null : bracketsAt(text, caret);

  // The caret goes to the end of a text that is set; it is put back where the words are.
  useLayoutEffect(() => {
    if (wanted.current === null || field.current === null) return;
    field.current.setSelectionRange(...wanted.current);
    wanted.current = null;
  });
  useLayoutEffect(() => {
    const [over, area] = [marks.current, field.current];
    if (over === null || area === null) return;
    // The lines break where those of the field do: beside its scrollbar.
    over.style.width = `${area.clientWidth + 2 * area.clientLeft}px`;
    over.scrollTop = area.scrollTop;
  });
  const follow = () => {
    const area = field.current;
    if (area !== null) setCaret(area.selectionStart === area.selectionEnd ? area.selectionStart : null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const isWeight =
      (event.ctrlKey || event.metaKey) && (event.key === 'ArrowUp' || event.key === 'ArrowDown');
    if (isWeight && !isReadOnly) {
      event.preventDefault();
      event.stopPropagation();
      const { selectionStart, selectionEnd } = event.currentTarget;
      const by = (event.key === 'ArrowUp' ? STEP : -STEP) * (event.shiftKey ? 2 : 1);
      const next = changeWeight(text, selectionStart, selectionEnd, by);
      if (next.text === text) return;
      wanted.current = [next.start, next.end];
      typed(next.text);
      onChange(next.text);
    } else if (event.key !== 'Escape' && !isForThePage(event)) {
      event.stopPropagation();
    }
  };
  return (
    <div className={classes(css['prompt'], isRoomy && css['areaRoomy'])}>
      {brackets !== null && (
        <div ref={marks} className={classes(css['area'], css['marks'])} aria-hidden="true">
          {marked(text, brackets.at, brackets.other)}
        </div>
      )}
      <textarea
        ref={field}
        id={id}
        data-direct=""
        className={css['area']}
        aria-label={label}
        placeholder={input?.placeholder || label}
        value={text}
        readOnly={isReadOnly}
        spellCheck={widgetHost.spellcheck()}
        onChange={(event) => {
          typed(event.target.value);
          onChange(event.target.value);
        }}
        onSelect={follow}
        onScroll={() => {
          if (marks.current !== null && field.current !== null)
            marks.current.scrollTop = field.current.scrollTop;
        }}
        onBlur={() => {
          setCaret(null);
          onSettle();
        }}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

function marked(text: string, at: number, other: number) {
  const [first, second] = other < 0 ? [at, at] : [Math.min(at, other), Math.max(at, other)];
  const kind = other < 0 ? css['lonely'] : css['paired'];
  return (
    <>
      {text.slice(0, first)}
      <mark className={kind}>{text[first]}</mark>
      {second > first && text.slice(first + 1, second)}
      {second > first && <mark className={kind}>{text[second]}</mark>}
      {text.slice(second + 1)}
    </>
  );
}

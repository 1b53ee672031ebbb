// Where the caret is once a text has become another one that nobody typed: undo, redo, a run.

import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';

/** The end of what differs between two texts, in the second. */
export function endOfChange(before: string, after: string): number {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return after.length - end;
}

/** Browsers put the caret to the end of a text that is set; it belongs where the change was. To be told what is typed. */
export function useCaret(
  field: RefObject<HTMLTextAreaElement | HTMLInputElement | null>,
  text: string,
): (typed: string) => void {
  const shown = useRef(text);
  const typed = useRef<string | null>(null);
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = text;
    const isOwn = typed.current === text;
    if (before === text) return;
    typed.current = null;
    if (isOwn || field.current === null || document.activeElement !== field.current) return;
    const at = endOfChange(before, text);
    field.current.setSelectionRange(at, at);
  }, [field, text]);
  return useCallback((next) => {
    typed.current = next;
  }, []);
}

// Keys in a field of text are the field's own, save for those that never write anything.

interface KeyPressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Whether the page may hear of it, too: F1 for help, and the like. */
export function isForThePage({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPressed): boolean {
  // By these a text on a node is made higher or lower.
  const sizes = altKey && shiftKey && (key === 'ArrowUp' || key === 'ArrowDown');
  // With Ctrl nothing is written; which of those commands count in fields they say themselves. AltGr does write.
  const isCommand = (ctrlKey || metaKey) && !altKey;
  return sizes || isCommand || /^F\d+$/.test(key);
}

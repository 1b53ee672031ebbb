// Keys in a field of text are the field's own, save for those that never write anything.

/** Whether the page may hear of it, too: F1 for help, and the like. */
export function isForThePage({ key }: { readonly key: string }): boolean {
  return /^F\d+$/.test(key);
}

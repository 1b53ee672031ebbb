// What was copied last, for where the browser does not let a page read or write the system clipboard. Shared by the
// windows of this browser.

const KEY = 'skein.clip';
const MOST = 1_000_000;

let own: string | null = null;
let isNewer = false;

/** `isOnlyHere`: the system clipboard did not take it, and holds something older. */
export function rememberClip(text: string, isOnlyHere: boolean): void {
  own = text;
  isNewer = isOnlyHere;
  try {
    if (text.length <= MOST) localStorage.setItem(KEY, text);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the memory is this window's.
  }
}

export function recallClip(): { readonly text: string | null; readonly isNewest: boolean } {
  try {
    return { text: localStorage.getItem(KEY) ?? own, isNewest: isNewer };
  } catch {
    return { text: own, isNewest: isNewer };
  }
}

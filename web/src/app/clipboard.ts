// Text for the system clipboard, also where the page may not write to it by itself.

import { t } from '../i18n/t';
import { toast } from '../ui/Toast';

/** Copy a text for the user, and say so: `done` in words, or that it cannot be. */
export async function copyText(text: string, done = t('edit.copied')): Promise<void> {
  const key = 'copied';
  if (await putOnClipboard(text)) toast({ kind: 'success', title: done, key, seconds: 2 });
  else toast({ kind: 'warning', title: t('edit.copyFailed'), key });
}

/** Whether the text is on the system clipboard now. */
export async function putOnClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed; a copy event may still be.
    }
  }
  return copyByEvent(text);
}

function copyByEvent(text: string): boolean {
  let isThere = false;
  const write = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    isThere = event.clipboardData !== null;
  };
  document.addEventListener('copy', write, { capture: true, once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', write, { capture: true });
  return isThere;
}

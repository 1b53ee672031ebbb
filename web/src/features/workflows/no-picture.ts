// A file that is not what its name says: what it begins with tells most people what it is.

import { t } from '../../i18n/t';

const LOOKED_AT = 64;
const SHOWN = 24;
const SHOWN_BYTES = 8;

/** Words for the user about a file that the server knows as nothing of the kind that the browser says it is. */
export async function whyNoPicture(file: File): Promise<string> {
  if (file.size === 0) return t('workflows.empty');
  if (await isPicture(file)) return t('workflows.noneInside');
  const begin = beginOf(new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer()));
  return t(file.type.startsWith('image/') ? 'workflows.noPicture' : 'workflows.otherFile', { begin });
}

/** Whether the browser knows it as a picture; it knows kinds that carry no workflows. */
export async function isPicture(file: File): Promise<boolean> {
  if (!file.type.startsWith('image/')) return false;
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/** Text in quotes where it begins with some, or else its first bytes. */
export function beginOf(head: Uint8Array): string {
  const text = new TextDecoder().decode(head).trimStart();
  const [shown = ''] = text.split(/[\p{Cc}\ufffd]/u, 1);
  if (shown.trim().length >= 2) return `“${[...shown].slice(0, SHOWN).join('').trim()}”`;
  return [...head.slice(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

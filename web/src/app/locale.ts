// The language of the page. Each is a file of its own, loaded only where it is wanted; English is built in.

import { setTranslation } from '../i18n/t';

const LOCALES: Readonly<Record<string, () => Promise<{ readonly translate: (text: string) => string }>>> = {
  pseudo: () => import('../i18n/pseudo'),
};

export async function followLocale(): Promise<void> {
  try {
    const wanted = LOCALES[localStorage.getItem('skein.locale') ?? ''];
    if (wanted !== undefined) setTranslation((await wanted()).translate);
  } catch {
    // Without storage, or without the file, it is English.
  }
}

// The language of the page: chosen in the settings, kept in this browser, too, so that the first frame has it. Another
// one counts from the next load on.

import { chooseLanguage, loadTexts } from '../i18n/languages';
import { setTranslation } from '../i18n/t';
import { settings } from '../stores/settings';

const KEY = 'skein.locale';

function kept(): string {
  try {
    return localStorage.getItem(KEY) ?? 'system';
  } catch {
    return 'system';
  }
}

export async function followLocale(): Promise<void> {
  // What the server knows counts; this browser may not have heard of it yet.
  settings.subscribe((state, before) => {
    if (state.language === before.language) return;
    try {
      localStorage.setItem(KEY, state.language);
    } catch {
      // Without storage the first frame is in the browser's language.
    }
  });
  try {
    if (kept() === 'pseudo') {
      setTranslation((await import('../i18n/pseudo')).translate);
      return;
    }
    const code = chooseLanguage(kept(), navigator.languages);
    document.documentElement.lang = code;
    const texts = await loadTexts(code);
    setTranslation((text, key) => texts[key] ?? text);
  } catch {
    // Without the file, it is English.
  }
}

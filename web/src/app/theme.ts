// Puts the chosen theme on the page, and has the canvas read its colours again.

import { settings, type Theme } from '../stores/settings';
import { view } from './view';

export function themeFor(choice: Theme): Exclude<Theme, 'system'> {
  if (choice !== 'system') return choice;
  if (matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

function apply(): void {
  document.documentElement.dataset['theme'] = themeFor(settings.getState().theme);
  view.refreshPalette();
}

export function followTheme(): void {
  apply();
  settings.subscribe((state, before) => {
    if (state.theme !== before.theme) apply();
  });
  for (const query of ['(prefers-color-scheme: light)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', apply);
  }
}

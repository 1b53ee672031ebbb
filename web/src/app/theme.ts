// Puts the chosen theme and size of texts on the page, and has the canvas read its colours again.

import { settings, type Theme } from '../stores/settings';
import { view } from './view';

export function themeFor(choice: Theme): Exclude<Theme, 'system'> {
  // Where the system gives all colours, only those of slots are ours: those that go with its background.
  const isForced = matchMedia('(forced-colors: active)').matches;
  if (choice !== 'system' && !isForced) return choice;
  if (!isForced && matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

function apply(): void {
  document.documentElement.dataset['theme'] = themeFor(settings.getState().theme);
  view.refreshPalette();
}

function applyTextSize(): void {
  const { textSize } = settings.getState();
  // What the server keeps may come from anywhere.
  const size = Math.min(32, Math.max(8, textSize));
  document.documentElement.style.setProperty('--f-node-text', `${size}px`);
}

export function followTheme(): void {
  apply();
  applyTextSize();
  settings.subscribe((state, before) => {
    if (state.theme !== before.theme) apply();
    if (state.textSize !== before.textSize) applyTextSize();
  });
  const queries = ['(prefers-color-scheme: light)', '(prefers-contrast: more)', '(forced-colors: active)'];
  for (const query of queries) matchMedia(query).addEventListener('change', apply);
}

// What the user chose, kept on the server (/settings) under names that begin with `Skein.`; shown at once.

import { createStore } from 'zustand/vanilla';
import { api } from '../api/client';
import { asObject, type Json, type JsonObject } from '../core/json';
import type { LinkStyle } from '../core/stretches';

export type Theme = 'system' | 'dark' | 'light' | 'contrast';

export interface Settings {
  readonly theme: Theme;
  /** What turns the wheel; `auto` tells a mouse from a trackpad. */
  readonly navigation: 'auto' | 'mouse' | 'trackpad';
  /** Where Tab leads on the canvas: to the next node in the order of execution, or to the search for nodes. */
  readonly tabKey: 'next' | 'search';
  readonly showsGrid: boolean;
  readonly showsLinks: boolean;
  readonly linkStyle: LinkStyle;
  readonly animatesLinks: boolean;
  readonly showsTeleports: boolean;
  readonly showsInfo: boolean;
  /** Badges on nodes. */
  readonly showsIds: boolean;
  readonly showsPacks: boolean;
  readonly snapsToGrid: boolean;
  readonly snapsToNodes: boolean;
  readonly confirmsClose: boolean;
  readonly showsPreviews: boolean;
  /** Whether the end of a long run is told by the system, and by a sound. */
  readonly notifiesDone: boolean;
  readonly soundsDone: boolean;
  readonly spellcheck: boolean;
  /** Of texts in nodes, in units of the graph. */
  readonly textSize: number;
  readonly showsToolbox: boolean;
  /** Whether keys mean the letter on them, or their place, whatever the layout. */
  readonly keysBy: 'letter' | 'place';
  /** `system`, or the code of one. */
  readonly language: string;
  /** Keys of commands, where the user changed them: id to bindings (`app/keys`), empty for none. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export const TEXT_SIZES = [11, 12, 13, 14, 16, 18, 20] as const;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  navigation: 'auto',
  tabKey: 'next',
  showsGrid: true,
  showsLinks: true,
  linkStyle: 'spline',
  animatesLinks: true,
  showsTeleports: false,
  showsInfo: true,
  showsIds: false,
  showsPacks: false,
  snapsToGrid: false,
  snapsToNodes: false,
  confirmsClose: true,
  showsPreviews: true,
  notifiesDone: false,
  soundsDone: false,
  spellcheck: false,
  textSize: 12,
  showsToolbox: true,
  keysBy: 'letter',
  language: 'system',
  keys: {},
};

const PREFIX = 'Skein.';
const THEME_KEY = 'skein.theme';

export const settings = createStore<Settings>(() => ({ ...DEFAULT_SETTINGS, theme: keptTheme() }));

/** The theme is kept in the browser, too, so that the first frame has it. */
function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return kept === 'dark' || kept === 'light' || kept === 'contrast' ? kept : 'system';
  } catch {
    return 'system';
  }
}

export async function loadSettings(): Promise<void> {
  const all = asObject(await api.get<Json>('/settings')) ?? {};
  const known: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(DEFAULT_SETTINGS)) {
    const value = all[`${PREFIX}${name}`];
    if (value !== undefined && typeof value === typeof fallback) known[name] = value;
  }
  settings.setState(known as Partial<Settings>);
}

/** Change settings here and on the server; throws what the server says, with the old value back. */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const before = settings.getState();
  settings.setState(changes);
  if (changes.theme !== undefined) {
    try {
      localStorage.setItem(THEME_KEY, changes.theme);
    } catch {
      // The server has it.
    }
  }
  const body: JsonObject = Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [`${PREFIX}${name}`, value as Json]),
  );
  try {
    await api.post('/settings', body);
  } catch (error) {
    if (changes.theme === undefined) settings.setState(before);
    throw error;
  }
}

// Colours for the canvas, read from the page's tokens once for each theme, so that canvas and DOM look alike.

import { inkOn } from '../core/colour';

export interface Inks {
  readonly text: string;
  readonly muted: string;
  readonly widget: string;
}

export interface Palette {
  readonly background: string;
  readonly grid: string;
  readonly node: string;
  readonly title: string;
  readonly outline: string;
  readonly selected: string;
  readonly running: string;
  readonly failed: string;
  readonly text: string;
  readonly muted: string;
  readonly widget: string;
  readonly group: string;
  readonly focus: string;
  readonly bypassed: string;
  readonly slot: (type: string) => string;
  /** What reads well on a colour that a file gives a node; the theme's own without one. */
  readonly on: (colour: string | null) => Inks;
}

const NAMES = {
  background: '--c-canvas',
  grid: '--c-grid',
  node: '--c-node',
  title: '--c-node-title',
  outline: '--c-node-outline',
  selected: '--c-accent',
  running: '--c-running',
  failed: '--c-danger',
  text: '--c-text',
  muted: '--c-text-muted',
  widget: '--c-widget',
  group: '--c-group',
  focus: '--c-focus',
} as const;

/** The same as for elements, `node.module.css`. */
const INKS = {
  light: { text: '#eceef2', muted: '#c0c5cf', widget: 'rgb(0 0 0 / 34%)' },
  dark: { text: '#16181c', muted: '#3b414b', widget: 'rgb(255 255 255 / 45%)' },
} as const;

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const colours = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, read(name) || '#888']));
  const slots = new Map<string, string>();
  const slot = (type: string): string => {
    const known = slots.get(type);
    if (known !== undefined) return known;
    const first = type.split(',')[0] ?? type;
    const colour = read(`--slot-${first.replace(/[^A-Za-z0-9_]/g, '_')}`) || hueOf(first);
    slots.set(type, colour);
    return colour;
  };
  const named = colours as Record<keyof typeof NAMES, string>;
  const own: Inks = { text: named.text, muted: named.muted, widget: named.widget };
  return {
    ...named,
    bypassed: read('--c-bypassed') || '#6a2a6a',
    slot,
    on: (colour) => {
      const ink = inkOn(colour);
      return ink === null ? own : INKS[ink];
    },
  };
}

/** A colour of its own for a type that nobody gave one. */
export function hueOf(type: string): string {
  if (type === '*') return '#a8a8a8';
  let hash = 0;
  for (const character of type) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) | 0;
  return `hsl(${Math.abs(hash) % 360} 45% 62%)`;
}

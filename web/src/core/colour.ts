// Colours that files carry: which values are colours, how they are written, whether writing on one must be light or dark.

import type { InputType } from './catalog';
import { isNumeric } from './numbers';

/** The lightness of a colour as eyes see it, from 0 to 1; null for what is not written as `#rgb` or `#rrggbb`. */
export function lightnessOf(colour: string): number | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(colour);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/i.exec(colour);
  const parts = short?.slice(1, 4).map((digit) => digit + digit) ?? long?.slice(1, 4);
  if (parts === undefined) return null;
  const [red, green, blue] = parts.map((part) => {
    const share = Number.parseInt(part, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** The ink that reads best on a colour; null if the theme's own does. */
export function inkOn(colour: string | null): 'light' | 'dark' | null {
  const lightness = colour === null ? null : lightnessOf(colour);
  return lightness === null ? null : lightness < 0.22 ? 'light' : 'dark';
}

/** Whether what an input holds is a colour: a text, or a number of 24 bits. */
export function isColour({ type, display }: Pick<InputType, 'type' | 'display'>): boolean {
  return type === 'COLOR' || (display === 'color' && /^(INT|FLOAT|STRING)$/.test(type));
}

/** A colour as `#rrggbb`; null for what is none. */
export function colourOf(value: unknown): string | null {
  if (isNumeric(value)) return `#${(Number(value) & 0xffffff).toString(16).padStart(6, '0')}`;
  const text = typeof value === 'string' ? value.trim() : '';
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  if (short !== null) {
    const digits = short.slice(1).map((digit) => digit + digit);
    return `#${digits.join('')}`.toLowerCase();
  }
  return /^#?[0-9a-f]{6}/i.test(text) ? `#${text.replace('#', '').slice(0, 6)}`.toLowerCase() : null;
}

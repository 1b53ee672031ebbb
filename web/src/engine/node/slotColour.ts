// The colour of a socket type as CSS: the theme's token, or a hue of the type's own (as `palette.ts` paints it).

import { hueOf } from '../palette';

export function slotColour(type: string): string {
  const first = type.split(',')[0] ?? type;
  return `var(--slot-${first.replace(/[^A-Za-z0-9_]/g, '_')}, ${hueOf(first)})`;
}

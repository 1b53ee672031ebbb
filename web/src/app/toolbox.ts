// What the bar over a selection offers: commands by their ids, and menus. Each part registers its own; order decides
// where they stand.

import type { IconName } from '../ui/Icon';
import type { MenuItem } from '../ui/Menu';

export type Tool = {
  readonly order: number;
  readonly icon: IconName;
} & (
  | { /** Shown while the command can be run. */ readonly command: string }
  | {
      readonly id: string;
      readonly title: () => string;
      /** Shown while there are any. */
      readonly items: () => readonly MenuItem[];
    }
);

const tools: Tool[] = [];

export function registerTools(...added: readonly Tool[]): void {
  tools.push(...added);
  tools.sort((one, other) => one.order - other.order);
}

export function allTools(): readonly Tool[] {
  return tools;
}

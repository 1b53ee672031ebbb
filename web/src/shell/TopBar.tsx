// The bar at the top: the menu, the tabs, and what runs.

import type { FC } from 'react';
import { Guarded } from './Guarded';
import css from './TopBar.module.css';

export interface TopBarParts {
  readonly Menu: FC;
  readonly Tabs: FC;
  readonly Run: FC;
}

export function TopBar({ Menu, Tabs, Run }: TopBarParts) {
  return (
    <header className={css['bar']}>
      <Guarded isQuiet>
        <Menu />
      </Guarded>
      <Guarded isQuiet>
        <Tabs />
      </Guarded>
      <Guarded isQuiet>
        <Run />
      </Guarded>
    </header>
  );
}

// Tabs that show one of several views of a panel or dialog.

import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes';
import css from './Tabs.module.css';

export interface TabView {
  readonly id: string;
  readonly label: string;
  readonly badge?: number | string | undefined;
  readonly content: ReactNode;
}

export interface TabsProps {
  readonly label: string;
  readonly tabs: readonly TabView[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly className?: string | undefined;
}

export function Tabs({ label, tabs, value, onChange, className }: TabsProps) {
  return (
    <Radix.Root value={value} onValueChange={onChange} className={classes(css['tabs'], className)}>
      <Radix.List className={css['list']} aria-label={label}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} value={tab.id} className={css['tab']}>
            {tab.label}
            {tab.badge !== undefined && tab.badge !== 0 && <span className={css['badge']}>{tab.badge}</span>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className={css['content']} tabIndex={-1}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

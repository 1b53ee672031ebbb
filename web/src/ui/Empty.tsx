// What a panel shows when there is nothing in it, and what to do about that.

import type { ReactNode } from 'react';
import css from './Empty.module.css';
import { Icon, type IconName } from './Icon';

export interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string | undefined;
  readonly children?: ReactNode;
}

export function Empty({ icon, title, text, children }: EmptyProps) {
  return (
    <div className={css['empty']}>
      <Icon name={icon} size={28} />
      <p className={css['title']}>{title}</p>
      {text !== undefined && <p className={css['text']}>{text}</p>}
      {children}
    </div>
  );
}

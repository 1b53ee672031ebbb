// Buttons with words, and buttons with an icon only (whose words are a tooltip and the accessible name).

import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import css from './Button.module.css';
import { classes } from './classes';
import { Icon, type IconName } from './Icon';
import { Tooltip } from './Tooltip';

type Kind = 'plain' | 'primary' | 'danger' | 'quiet';
type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'>;

export interface ButtonProps extends Native {
  readonly kind?: Kind;
  readonly size?: 'small' | 'normal';
  readonly icon?: IconName | undefined;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'plain', size = 'normal', icon, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(css['button'], css[kind], size === 'small' && css['small'], className)}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  readonly icon: IconName;
  /** What it does, in words. */
  readonly label: string;
  readonly keys?: string | undefined;
  readonly kind?: Kind;
  readonly size?: 'small' | 'normal';
  readonly isActive?: boolean;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  icon,
  label,
  keys,
  kind = 'quiet',
  size = 'normal',
  isActive,
  side = 'bottom',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        {...(isActive === undefined ? {} : { 'aria-pressed': isActive })}
        {...rest}
        className={classes(
          css['button'],
          css['icon'],
          css[kind],
          size === 'small' && css['small'],
          isActive === true && css['active'],
          className,
        )}
      >
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}

// The title of a node with what is to be known about it at a glance, each said in words, too.

import { memo } from 'react';
import { inkOn } from '../../core/colour';
import { type TextKey, t } from '../../i18n/t';
import { classes } from '../../ui/classes';
import { Icon, type IconName } from '../../ui/Icon';
import css from './node.module.css';

export interface Badge {
  /** What it says: a text of ours, or words that nobody translates. */
  readonly text: TextKey | { readonly words: string; readonly title: string };
  readonly icon?: IconName;
  /** `bare` is only a sign, for what most nodes have. */
  readonly tone?: 'danger' | 'warning' | 'quiet' | 'bare';
  readonly isIconOnly?: boolean;
}

export interface NodeHeaderProps {
  readonly title: string;
  readonly colour: string | null;
  readonly isCollapsed: boolean;
  readonly isBypassed: boolean;
  readonly badges: readonly Badge[];
  /** Of the badges, to tell whether they changed. */
  readonly badgeKey: string;
  /** How long it took in the last run. */
  readonly time: string | null;
  readonly onToggle: () => void;
}

export const NodeHeader = memo(
  function NodeHeader({ title, colour, isCollapsed, isBypassed, badges, time, onToggle }: NodeHeaderProps) {
    return (
      <header
        data-ink={(isBypassed ? null : inkOn(colour)) ?? undefined}
        className={css['header']}
        style={colour === null || isBypassed ? undefined : { backgroundColor: colour }}
      >
        <button
          type="button"
          className={css['fold']}
          aria-label={t(isCollapsed ? 'node.expand' : 'node.collapse', { title })}
          aria-expanded={!isCollapsed}
          tabIndex={-1}
          onClick={onToggle}
        >
          <Icon name={isCollapsed ? 'chevronRight' : 'chevronDown'} size={12} />
        </button>
        <h3 className={css['title']}>{title}</h3>
        {badges.map(({ text, icon, tone, isIconOnly }) => {
          const { words, title: hint } = typeof text === 'string' ? { words: t(text), title: t(text) } : text;
          return (
            <span key={hint} className={classes(css['badge'], tone !== undefined && css[tone])} title={hint}>
              {icon !== undefined && <Icon name={icon} size={tone === 'bare' ? 9 : 12} />}
              <span className={isIconOnly === true ? 'visually-hidden' : undefined}>{words}</span>
            </span>
          );
        })}
        {time !== null && (
          <span className={css['time']} title={t('node.time')}>
            <span className="visually-hidden">{t('node.time')} </span>
            {time}
          </span>
        )}
      </header>
    );
  },
  (before, after) =>
    before.title === after.title &&
    before.colour === after.colour &&
    before.isCollapsed === after.isCollapsed &&
    before.badgeKey === after.badgeKey &&
    before.time === after.time &&
    before.onToggle === after.onToggle,
);

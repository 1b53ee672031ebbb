// The buttons at the left edge: one for each panel of the left side, and for what lies below. On a narrow screen they are
// a row at the bottom, in which not all have room: those that people need there come first.

import { useStore } from 'zustand';
import { type Panel, panels } from '../app/panels';
import { useKeys } from '../app/useKeys';
import { t } from '../i18n/t';
import { layout, togglePanel } from '../stores/layout';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import { Tooltip } from '../ui/Tooltip';
import { useNarrow } from './narrow';
import css from './Rail.module.css';

const FIRST = ['workflows', 'inspector', 'results', 'gallery', 'queue', 'issues'];

export function Rail() {
  const all = useStore(panels, (state) => state.panels);
  const isNarrow = useNarrow();
  const first = isNarrow ? FIRST.flatMap((id) => all.filter((panel) => panel.id === id)) : [];
  const rest = all.filter((panel) => !first.includes(panel));
  const [left, others] = [
    rest.filter(({ side }) => side === 'left'),
    rest.filter(({ side }) => side !== 'left'),
  ];
  return (
    <nav className={css['rail']} aria-label={t('app.rail')}>
      {[...first, ...left].map((panel) => (
        <RailButton key={panel.id} panel={panel} />
      ))}
      <span className={css['gap']} />
      {others.map((panel) => (
        <RailButton key={panel.id} panel={panel} />
      ))}
    </nav>
  );
}

const NO_BADGE = (): null => null;

function RailButton({ panel }: { readonly panel: Panel }) {
  const isOpen = useStore(layout, (state) => state.open[panel.side] === panel.id);
  const badge = (panel.useBadge ?? NO_BADGE)();
  const title = panel.title();
  const keysOf = useKeys();
  return (
    <Tooltip text={title} keys={panel.command === undefined ? undefined : keysOf(panel.command)} side="right">
      <button
        type="button"
        className={classes(css['button'], isOpen && css['open'])}
        aria-label={title}
        aria-pressed={isOpen}
        {...(badge === null || badge === 0 ? {} : { 'aria-description': String(badge) })}
        onClick={() => togglePanel(panel.side, panel.id)}
      >
        <Icon name={panel.icon} size={18} />
        {badge !== null && badge !== 0 && <span className={css['badge']} data-badge={badge} />}
      </button>
    </Tooltip>
  );
}

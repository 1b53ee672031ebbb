// One side of the page: the panel that is open there, its head, and the edge that sizes it.

import type { CSSProperties } from 'react';
import { useStore } from 'zustand';
import { panels } from '../app/panels';
import { focusCanvas } from '../app/view';
import { t } from '../i18n/t';
import { layout, openPanel, resizePanel, type Side } from '../stores/layout';
import { IconButton } from '../ui/Button';
import { classes } from '../ui/classes';
import { Splitter } from '../ui/Splitter';
import { Guarded } from './Guarded';
import css from './SidePanel.module.css';

const NAMES = {
  left: { panel: 'app.leftPanel', edge: 'app.resizeLeft' },
  right: { panel: 'app.rightPanel', edge: 'app.resizeRight' },
  bottom: { panel: 'app.bottomPanel', edge: 'app.resizeBottom' },
} as const;

const LIMITS = { left: [220, 640], right: [240, 720], bottom: [120, 640] } as const;

export function SidePanel({ side }: { readonly side: Side }) {
  const id = useStore(layout, (state) => state.open[side]);
  const size = useStore(layout, (state) => state.size[side]);
  const panel = useStore(panels, (state) =>
    state.panels.find((each) => each.side === side && each.id === id),
  );
  if (panel === undefined) return null;
  const [least, most] = LIMITS[side];
  const edge = (
    <Splitter
      label={t(NAMES[side].edge)}
      line={side === 'bottom' ? 'horizontal' : 'vertical'}
      value={size}
      least={least}
      most={most}
      isReversed={side !== 'left'}
      onChange={(next) => resizePanel(side, next)}
    />
  );
  const { Component } = panel;
  return (
    <>
      {side !== 'left' && edge}
      <section
        className={classes(css['panel'], css[side])}
        data-side={side}
        aria-label={panel.title()}
        style={{ '--size': `${size}px` } as CSSProperties}
      >
        <header className={css['head']}>
          <h2 className={css['title']}>{panel.title()}</h2>
          <IconButton
            icon="close"
            size="small"
            label={t('app.closePanel')}
            onClick={() => {
              openPanel(side, null);
              focusCanvas();
            }}
          />
        </header>
        <div className={css['body']}>
          <Guarded key={panel.id}>
            <Component />
          </Guarded>
        </div>
      </section>
      {side === 'left' && edge}
    </>
  );
}

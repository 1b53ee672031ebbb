// At the lower left of the canvas: undo and redo, zoom, fit, how links look, whether dragging edits or only moves the
// view, and what there is.

import { useEffect, useReducer, useState } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { commands, runCommand } from '../../app/commands';
import { useKeys } from '../../app/useKeys';
import { view } from '../../app/view';
import { t } from '../../i18n/t';
import { layout } from '../../stores/layout';
import { tabs } from '../../stores/tabs';
import { Button, IconButton, type IconButtonProps } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { KEEPS_FOCUS } from '../../ui/returnFocus';
import { Info } from './Info';
import { LinkMenu } from './LinkMenu';
import css from './ViewBar.module.css';
import { askZoom, zoomTo } from './zoom';

const ZOOMS = [0.25, 0.5, 1, 2] as const;

export function ViewBar() {
  const tab = useStore(tabs, (state) => state.tabs.find((each) => each.id === state.active) ?? null);
  const [percent, setPercent] = useState(100);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => bus.on('viewport', () => setPercent(Math.round(view.view.zoom * 100))), []);
  const isFocusMode = useStore(layout, (state) => state.isFocusMode);
  const doc = tab?.doc;
  useEffect(() => doc?.watch(redraw), [doc]);
  const keysOf = useKeys();
  if (tab === null) return null;
  const button = (id: string, icon: IconButtonProps['icon'], isActive?: boolean, isDisabled = false) => {
    const command = commands.getState().commands.get(id);
    return command === undefined ? null : (
      <IconButton
        icon={icon}
        label={command.title()}
        keys={keysOf(id)}
        side="top"
        disabled={isDisabled}
        {...(isActive === undefined ? {} : { isActive })}
        onClick={() => {
          runCommand(id);
          redraw();
        }}
      />
    );
  };
  const { isLocked } = view.preferences;
  return (
    <div className={css['bar']} role="toolbar" aria-label={t('view.bar')} {...KEEPS_FOCUS}>
      {button('edit.undo', 'undo', undefined, tab.doc.steps.length === 0)}
      {button('edit.redo', 'redo', undefined, tab.doc.undoneSteps.length === 0)}
      <span className={css['line']} />
      {button('view.zoomOut', 'minus')}
      <Menu
        side="top"
        align="center"
        items={[
          ...ZOOMS.map((zoom) => ({
            id: String(zoom),
            label: `${zoom * 100} %`,
            onSelect: () => zoomTo(zoom),
          })),
          {
            id: 'other',
            label: t('view.zoomTo'),
            keys: keysOf('view.zoomTo'),
            onSelect: () => void askZoom(),
          },
          { kind: 'separator', id: 'line' },
          {
            id: 'fit',
            label: t('view.fit'),
            keys: keysOf('view.fit'),
            onSelect: () => void runCommand('view.fit'),
          },
        ]}
      >
        <Button kind="quiet" className={css['percent']} aria-label={t('view.zoom', { percent })}>
          {percent} %
        </Button>
      </Menu>
      {button('view.zoomIn', 'plus')}
      {button('view.fit', 'fit')}
      <span className={css['line']} />
      <LinkMenu />
      {isFocusMode && button('view.focus', 'panelLeft', true)}
      {button(isLocked ? 'view.unlock' : 'view.lock', 'hand', isLocked)}
      <Info doc={tab.doc} />
    </div>
  );
}

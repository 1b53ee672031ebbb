// Two pictures side by side, over each other or as their difference; and what their runs had different.

import { useState } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { closeCompare, compare, type Pair } from '../../stores/compare';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import css from './Compare.module.css';
import { type Mode, PairStage } from './PairStage';
import { RunDiff } from './RunDiff';

const MODES: readonly Mode[] = ['slider', 'beside', 'difference', 'flicker'];

export function CompareHost() {
  const pair = useStore(compare, (state) => state.pair);
  return pair === null ? null : <CompareDialog key={`${pair.a.key}/${pair.b.key}`} pair={pair} />;
}

function CompareDialog({ pair }: { readonly pair: Pair }) {
  const [mode, setMode] = useState<Mode>('slider');
  const title = t('compare.title', { a: pair.a.filename, b: pair.b.filename });
  return (
    <Dialog title={title} closeLabel={t('app.close')} onClose={closeCompare} size="full" isBare>
      <div className={css['whole']}>
        <header className={css['bar']}>
          <p className={css['name']}>
            <b>A</b> {pair.a.filename} <b>B</b> {pair.b.filename}
          </p>
          <fieldset className={css['modes']}>
            <legend className="visually-hidden">{t('compare.how')}</legend>
            {MODES.map((each) => (
              <Button
                key={each}
                size="small"
                kind={mode === each ? 'primary' : 'quiet'}
                aria-pressed={mode === each}
                onClick={() => setMode(each)}
              >
                {t(`compare.${each}`)}
              </Button>
            ))}
          </fieldset>
          <IconButton icon="close" label={t('app.close')} keys="Esc" onClick={closeCompare} />
        </header>
        <div className={css['middle']}>
          <PairStage pair={pair} mode={mode} />
          <RunDiff pair={pair} />
        </div>
      </div>
    </Dialog>
  );
}

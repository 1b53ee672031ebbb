// The tools of the mask editor, each with its key.

import { useId } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { Button, IconButton } from '../../ui/Button';
import { brush, LEAST_SIZE, MOST_SIZE, setHardness, setSize } from './brush';
import css from './Mask.module.css';
import type { Stage } from './stage';

interface ToolbarProps {
  readonly title: string;
  readonly stage: Stage | null;
  readonly scale: number;
}

export function Toolbar({ title, stage, scale }: ToolbarProps) {
  const { tool, size, hardness, opacity } = useStore(brush);
  return (
    <div className={css['bar']}>
      <p className={css['title']}>{title}</p>
      <fieldset className={css['tools']}>
        <legend className="visually-hidden">{t('mask.tools')}</legend>
        {(['pen', 'eraser'] as const).map((each) => (
          <Button
            key={each}
            size="small"
            icon={each}
            kind={tool === each ? 'primary' : 'quiet'}
            aria-pressed={tool === each}
            aria-keyshortcuts={each === 'pen' ? 'B' : 'E'}
            onClick={() => brush.setState({ tool: each })}
          >
            {t(`mask.${each}`)}
          </Button>
        ))}
      </fieldset>
      <Slide
        label={t('mask.size')}
        keys="[ ]"
        // Small sizes are told apart, large ones need not be.
        value={Math.sqrt(size)}
        min={Math.sqrt(LEAST_SIZE)}
        max={Math.sqrt(MOST_SIZE)}
        step={0.01}
        words={`${size} px`}
        onChange={(value) => setSize(value ** 2)}
      />
      <Slide
        label={t('mask.hardness')}
        keys="Shift+[ ]"
        value={hardness}
        min={0}
        max={1}
        step={0.01}
        words={`${Math.round(hardness * 100)} %`}
        onChange={setHardness}
      />
      <Slide
        label={t('mask.opacity')}
        value={opacity}
        min={0.1}
        max={1}
        step={0.01}
        words={`${Math.round(opacity * 100)} %`}
        onChange={(value) => brush.setState({ opacity: value })}
      />
      <div className={css['tools']}>
        <IconButton
          icon="undo"
          label={t('mask.undo')}
          keys="Ctrl+Z"
          disabled={stage?.mask.canUndo !== true}
          onClick={() => stage?.undo()}
        />
        <IconButton
          icon="redo"
          label={t('mask.redo')}
          keys="Ctrl+Y"
          disabled={stage?.mask.canRedo !== true}
          onClick={() => stage?.redo()}
        />
        <IconButton icon="invert" label={t('mask.invert')} keys="I" onClick={() => stage?.invert()} />
        <IconButton icon="trash" label={t('mask.clear')} onClick={() => stage?.clear()} />
      </div>
      <div className={css['tools']}>
        <IconButton icon="minus" label={t('mask.zoomOut')} keys="-" onClick={() => stage?.zoom(0.8)} />
        <output className={css['scale']}>{Math.round(scale * 100)} %</output>
        <IconButton icon="plus" label={t('mask.zoomIn')} keys="+" onClick={() => stage?.zoom(1.25)} />
        <IconButton icon="fit" label={t('mask.fit')} keys="0" onClick={() => stage?.fit()} />
      </div>
    </div>
  );
}

interface SlideProps {
  readonly label: string;
  readonly keys?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly words: string;
  readonly onChange: (value: number) => void;
}

function Slide({ label, keys, value, min, max, step, words, onChange }: SlideProps) {
  const id = useId();
  return (
    <div className={css['slide']} title={keys === undefined ? label : `${label} (${keys})`}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-valuetext={words}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <output htmlFor={id} className={css['number']}>
        {words}
      </output>
    </div>
  );
}

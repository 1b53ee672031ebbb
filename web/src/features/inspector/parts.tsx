// Fields that nodes and groups have alike: title and colour.

import { useState } from 'react';
import { type TextKey, t } from '../../i18n/t';
import { Field, TextInput } from '../../ui/Field';
import { COLOURS, paintSelection, setTitle } from '../nodes/api';
import css from './Inspector.module.css';

interface TitleProps {
  readonly kind: 'node' | 'group';
  readonly id: string;
  readonly title: string;
}

export function Title({ kind, id, title }: TitleProps) {
  const [text, setText] = useState<string | null>(null);
  return (
    <Field label={t('inspector.name')}>
      {(field) => (
        <TextInput
          id={field}
          value={text ?? title}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => {
            if (text !== null) setTitle(kind, id, text.trim());
            setText(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            event.stopPropagation();
          }}
        />
      )}
    </Field>
  );
}

interface SwatchesProps {
  /** The one that all have that are selected. */
  readonly pressed: TextKey | null;
  readonly of: 'node' | 'group';
}

export function Swatches({ pressed, of }: SwatchesProps) {
  return (
    <div className={css['colours']}>
      {COLOURS.map((colour) => {
        const words = t('inspector.colour', { name: t(colour.name) });
        const shown = of === 'group' ? colour.group : colour.bgcolor;
        return (
          <button
            key={colour.name}
            type="button"
            className={css['swatch']}
            style={shown === undefined ? undefined : { backgroundColor: shown }}
            aria-label={words}
            title={words}
            aria-pressed={pressed === colour.name}
            onClick={() => paintSelection(colour)}
          />
        );
      })}
    </div>
  );
}

// A socket with its name. A circle takes one value, a square a list; a ring need not be linked.

import { memo } from 'react';
import { classes } from '../../ui/classes';
import css from './node.module.css';
import { slotColour } from './slotColour';

export interface DotProps {
  readonly type: string;
  readonly isList: boolean;
  readonly isOptional?: boolean;
  readonly isLinked?: boolean;
}

export function Dot({ type, isList, isOptional = false, isLinked = false }: DotProps) {
  const colour = slotColour(type);
  return (
    <span
      className={classes(
        css['dot'],
        isList && css['square'],
        isOptional && css['ring'],
        isLinked && css['linked'],
      )}
      style={
        isOptional && !isLinked ? { borderColor: colour } : { borderColor: colour, backgroundColor: colour }
      }
      aria-hidden="true"
    />
  );
}

export interface SlotRowProps {
  readonly side: 'in' | 'out';
  readonly name: string;
  readonly label: string;
  readonly type: string;
  /** Of its middle, from the top of the body. */
  readonly y: number;
  readonly width: number;
  readonly isList: boolean;
  readonly isOptional: boolean;
  readonly isLinked: boolean;
  readonly error: boolean;
  readonly words: string;
}

export const SlotRow = memo(function SlotRow(props: SlotRowProps) {
  const { side, name, label, type, y, width, isList, isOptional, isLinked, error, words } = props;
  return (
    <li
      className={classes(
        css['slot'],
        side === 'in' ? css['slotIn'] : css['slotOut'],
        error && css['slotFailed'],
      )}
      style={{ top: y - 10, maxWidth: width }}
      {...{ [side === 'in' ? 'data-input' : 'data-output']: name }}
      aria-label={words}
    >
      <Dot type={type} isList={isList} isOptional={isOptional} isLinked={isLinked} />
      <span className={css['slotLabel']}>{label === '' ? type : label}</span>
    </li>
  );
});

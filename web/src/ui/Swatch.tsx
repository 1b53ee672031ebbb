// A colour, seen and written.

import css from './Swatch.module.css';

interface ColourProps {
  /** As CSS has it. */
  readonly colour: string;
}

/** Seen alone: the words beside it name it. */
export function ColourPatch({ colour }: ColourProps) {
  return (
    <span
      className={css['swatch']}
      style={{ backgroundColor: colour }}
      aria-hidden="true"
      data-colour={colour}
    />
  );
}

export function Swatch({ colour }: ColourProps) {
  return (
    <>
      <ColourPatch colour={colour} />
      {colour}
    </>
  );
}

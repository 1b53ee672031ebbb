// A colour, seen and written.

import css from './Swatch.module.css';

/** `colour`: `#rrggbb`. */
export function Swatch({ colour }: { readonly colour: string }) {
  return (
    <>
      <span
        className={css['swatch']}
        style={{ backgroundColor: colour }}
        aria-hidden="true"
        data-colour={colour}
      />
      {colour}
    </>
  );
}

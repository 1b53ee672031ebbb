// Something is under way and does not say how far it is.

import css from './Spinner.module.css';

export function Spinner({ label, size = 16 }: { readonly label: string; readonly size?: number }) {
  return (
    <span role="status" className={css['spinner']}>
      <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.25" />
        <path
          d="M14 8a6 6 0 0 0-6-6"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
        />
      </svg>
      <span className="visually-hidden">{label}</span>
    </span>
  );
}

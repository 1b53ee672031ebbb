// The sign of the program: two threads that cross.

export function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" fill="none" aria-hidden="true">
      <path
        d="M4 10c9 0 7 12 14 12M4 22c9 0 7-12 14-12"
        stroke="var(--c-accent)"
        strokeWidth="3"
        strokeLinecap="round"
      />
      <circle cx="24" cy="10" r="4" fill="var(--slot-CONDITIONING)" />
      <circle cx="24" cy="22" r="4" fill="var(--c-running)" />
    </svg>
  );
}

// Work for when there is nothing else to do.

/** At the latest after so many milliseconds. */
const PATIENCE = 1000;

/** `work` is given how many milliseconds are left for it at the moment. */
export function whenIdle(work: (left: () => number) => void): void {
  if ('requestIdleCallback' in window)
    requestIdleCallback((deadline) => work(() => deadline.timeRemaining()), { timeout: PATIENCE });
  else setTimeout(() => work(() => 0), 50);
}

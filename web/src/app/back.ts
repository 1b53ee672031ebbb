// When the user comes back to the page from elsewhere: what is shown may be old by then, and is looked at again.

type Hook = () => void | Promise<void>;

/** In milliseconds: a window that is shown again and gets the keyboard has come back once. */
const APART = 500;
const hooks: Hook[] = [];
let last = Number.NEGATIVE_INFINITY;

/** Do something each time. */
export function whenBack(hook: Hook): void {
  if (hooks.length === 0) listen();
  hooks.push(hook);
}

function listen(): void {
  window.addEventListener('focus', come);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') come();
  });
}

function come(): void {
  const now = performance.now();
  if (now - last < APART) return;
  last = now;
  for (const hook of hooks) void hook();
}

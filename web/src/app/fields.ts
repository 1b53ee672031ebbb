// Puts the keyboard into the field of a node's input, once the node is there.

const MOST_TRIES = 20;

export function focusField(node: string, input: string): void {
  let tries = 0;
  const look = () => {
    const element = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(node)}"]`);
    const name = CSS.escape(input);
    const field =
      element?.querySelector<HTMLElement>(`[data-widget="${name}"]`) ??
      element?.querySelector<HTMLElement>(`[data-input="${name}"]`);
    const focusable = field?.matches('input,textarea,select,button')
      ? field
      : field?.querySelector<HTMLElement>('input,textarea,select,button,[tabindex]');
    tries += 1;
    if (focusable != null) focusable.focus({ preventScroll: true });
    else if (tries < MOST_TRIES) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

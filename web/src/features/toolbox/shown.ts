// The bar that is on the screen, for the key that leads to it.

let shown: HTMLElement | null = null;

export function setToolbox(element: HTMLElement | null): void {
  shown = element;
}

export function hasToolbox(): boolean {
  return shown !== null && shown.dataset['away'] === undefined;
}

export function focusToolbox(): void {
  shown?.querySelector<HTMLElement>('button[tabindex="0"]')?.focus();
}

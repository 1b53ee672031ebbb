// Long work in parts: between two of them the page answers to its user.

/** Resolves when what waits has had its turn: input, a frame. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

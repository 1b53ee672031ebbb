// Text on the canvas: cut to a width by estimate, so that nothing is measured; fonts are set once for many texts.

export const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** Set the font of the texts that follow. */
export function setFont(context: CanvasRenderingContext2D, size: number, weight = 400): void {
  const font = `${weight} ${Math.round(size * 10) / 10}px ${FONT}`;
  if (context.font !== font) context.font = font;
  context.textBaseline = 'middle';
}

export function cut(text: string, size: number, width: number): string {
  const most = Math.max(1, Math.floor(width / (size * 0.56)));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

// How large the graph is shown: one of a few sizes, or any that is typed.

import { focusCanvas, view } from '../../app/view';
import { LEAST_ZOOM, MOST_ZOOM } from '../../engine/viewport';
import { t } from '../../i18n/t';
import { askText } from '../../ui/ask';

/** Zoom about the middle of the canvas. */
export function zoomTo(zoom: number): void {
  view.view.zoomAt({ x: view.view.width / 2, y: view.view.height / 2 }, zoom / view.view.zoom);
  view.moved();
}

/** What was typed as a size: `150`, `150 %`, `12,5`; null if it is no number, or none that can be. */
export function readZoom(text: string): number | null {
  const digits = /^(\d+(?:[.,]\d+)?)\s*%?$/.exec(text.trim())?.[1];
  const zoom = Number(digits?.replace(',', '.')) / 100;
  // A hundredth of a percent is nothing that anybody means.
  const isThere = zoom >= LEAST_ZOOM - 1e-9 && zoom <= MOST_ZOOM + 1e-9;
  return isThere ? zoom : null;
}

/** Ask for a size in percent. */
export async function askZoom(): Promise<void> {
  const bounds = { least: LEAST_ZOOM * 100, most: MOST_ZOOM * 100 };
  const attempt = (value: string) => {
    const zoom = readZoom(value);
    if (zoom === null) return t('view.zoomWrong', { value, ...bounds });
    zoomTo(zoom);
    return null;
  };
  await askText({
    title: t('view.zoomTo'),
    closeLabel: t('app.close'),
    field: { label: t('view.zoomField', bounds), value: String(Math.round(view.view.zoom * 100)), attempt },
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'zoom', label: t('view.zoomIt'), kind: 'primary' },
    ],
  });
  focusCanvas();
}

// A double click on a picture of a node shows it large, with what it is made of.

import type { AssetView } from '../../api/types';
import { registerCommands } from '../../app/commands';
import { canvasHost, view } from '../../app/view';
import { asArray, asObject, asString } from '../../core/json';
import { t } from '../../i18n/t';
import { openLightbox } from '../../stores/lightbox';
import { type Run, runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';

/** The files of a node's last run in this tab, as the gallery would tell of them. */
export function picturesOf(all: Iterable<Run>, tabId: string | null, node: string): AssetView[] {
  let found: AssetView[] = [];
  let at = Number.NEGATIVE_INFINITY;
  for (const run of all) {
    if (run.tabId !== tabId || run.createdAt < at) continue;
    const shown = filesOf(run, node);
    if (shown.length > 0) [found, at] = [shown, run.createdAt];
  }
  return found;
}

function filesOf(run: Run, node: string): AssetView[] {
  const ui = run.outputs.get(node) ?? {};
  return Object.entries(ui).flatMap(([key, values]) =>
    (asArray(values) ?? []).flatMap((value, index): AssetView[] => {
      const file = asObject(value);
      const filename = asString(file?.['filename']);
      const kind = asString(file?.['type']) ?? 'output';
      if (filename === null || (kind !== 'output' && kind !== 'temp' && kind !== 'input')) return [];
      const place = { filename, subfolder: asString(file?.['subfolder']) ?? '', kind } as const;
      const whose = { id: '', job_id: run.jobId, node_id: node, key, index } as const;
      return [{ ...whose, ...place, media_type: '', created_at: run.finishedAt ?? run.createdAt, url: '' }];
    }),
  );
}

function open(node: string, index: number): boolean {
  const pictures = picturesOf(runs.getState().runs.values(), tabs.getState().active, node);
  if (pictures.length === 0) return false;
  openLightbox(pictures, Math.min(index, pictures.length - 1));
  return true;
}

window.addEventListener(
  'dblclick',
  (event) => {
    // Whoever holds the pointer is the target, so ask what is there.
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const area = under?.closest('[data-preview]') ?? null;
    if (area === null || canvasHost()?.contains(area) !== true) return;
    // The pictures let the pointer through.
    const index = [...area.querySelectorAll('img')].findIndex((picture) => {
      const { left, right, top, bottom } = picture.getBoundingClientRect();
      const { clientX: x, clientY: y } = event;
      return x >= left && x <= right && y >= top && y <= bottom;
    });
    if (index < 0) return;
    if (!open(area.getAttribute('data-preview') ?? '', index)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

const chosen = () => (view.selected.size === 1 ? ([...view.selected][0] ?? null) : null);

registerCommands({
  id: 'outputs.large',
  title: () => t('outputs.large'),
  group: 'results',
  keys: ['Shift+Space'],
  when: () => {
    const [node, tab] = [chosen(), activeTab()];
    return (
      node !== null && tab !== null && picturesOf(runs.getState().runs.values(), tab.id, node).length > 0
    );
  },
  run: () => {
    open(chosen() ?? '', 0);
  },
});

// The window's title and icon tell how far the run is, also while another window is in front.

import { t } from '../../i18n/t';
import { type Run, runOf, runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';

const PLAIN = './favicon.svg';
let shown = '';

/** Between 0 and 1: nodes that are done, and those under way in part. Null while nothing is known. */
export function fractionOf(run: Run, known: number): number {
  if (run.state === 'succeeded') return 1;
  let done = 0;
  for (const node of run.nodes.values()) {
    if (node.state === 'running')
      done += node.total !== null && node.total > 0 ? (node.value ?? 0) / node.total : 0;
    else done += 1;
  }
  return Math.max(0, Math.min(0.99, done / Math.max(known, run.nodes.size, 1)));
}

/** How many nodes of a tab's document run: those that are not muted, bypassed or notes. */
export function nodesOf(tabId: string | null): number {
  const tab = tabs.getState().tabs.find((each) => each.id === tabId);
  if (tab === undefined) return 0;
  let count = 0;
  for (const node of tab.doc.graph('').nodes.values())
    if ((node['mode'] ?? 0) === 0 && !/^(Markdown)?Note$/.test(String(node['type']))) count += 1;
  return count;
}

function update(): void {
  const state = runs.getState();
  const tab = activeTab();
  const own = runOf(state, tab?.id ?? null);
  const run =
    own?.state === 'running'
      ? own
      : ([...state.runs.values()].find((each) => each.state === 'running') ?? null);
  const percent = run === null ? null : Math.round(fractionOf(run, nodesOf(run.tabId)) * 100);
  const mark = tab?.isDirty === true ? '• ' : '';
  const name = tab === null ? t('app.name') : `${mark}${tab.name} – ${t('app.name')}`;
  const title = percent === null ? name : `[${percent}%] ${name}`;
  if (document.title !== title) document.title = title;
  const icon =
    percent === null ? (own?.state === 'failed' ? 'failed' : '') : String(Math.round(percent / 5) * 5);
  if (icon !== shown) {
    shown = icon;
    setIcon(icon);
  }
}

function setIcon(icon: string): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) return;
  link.href = icon === '' ? PLAIN : `data:image/svg+xml,${encodeURIComponent(ring(icon))}`;
}

function ring(icon: string): string {
  const around = 2 * Math.PI * 12;
  const isFailed = icon === 'failed';
  const length = isFailed ? around : (Number(icon) / 100) * around;
  const colour = isFailed ? '#f0716f' : '#4cc38a';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="12" fill="none" stroke="#7d8694" stroke-opacity=".45" stroke-width="6"/><circle cx="16" cy="16" r="12" fill="none" stroke="${colour}" stroke-width="6" stroke-dasharray="${length} ${around}" transform="rotate(-90 16 16)"/></svg>`;
}

export function followTitle(): void {
  update();
  runs.subscribe(update);
  tabs.subscribe(update);
}

// The window's title and icon tell how far the run is, also while another window is in front.

import { t } from '../../i18n/t';
import { runOf, runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';
import { fractionOf } from './progress';

const PLAIN = './favicon.svg';
let shown = '';

function update(): void {
  const state = runs.getState();
  const tab = activeTab();
  const own = runOf(state, tab?.id ?? null);
  const run =
    own?.state === 'running'
      ? own
      : ([...state.runs.values()].find((each) => each.state === 'running') ?? null);
  const percent = run === null ? null : Math.round(fractionOf(run) * 100);
  const mark = tab?.isDirty === true ? '• ' : '';
  const name = tab === null ? t('app.name') : `${mark}${tab.name} – ${t('app.name')}`;
  const title = percent === null ? name : `[${percent}%] ${name}`;
  if (document.title !== title) document.title = title;
  const icon =
    percent === null
      ? own?.state === 'failed' && !own.isDismissed
        ? 'failed'
        : ''
      : String(Math.round(percent / 5) * 5);
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

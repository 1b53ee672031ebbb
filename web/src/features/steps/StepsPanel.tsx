// The steps that undo takes back, by name and time, the newest first; a press goes there. Those that were undone stand
// above, to be done again.

import { type KeyboardEvent, useCallback, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { travelTo } from '../../app/steps';
import { view } from '../../app/view';
import { wordsOfValue } from '../../core/diff';
import { sameJson } from '../../core/fold';
import { shapeOf, titleOf } from '../../core/slots';
import type { Step } from '../../core/types';
import { type TextKey, t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Empty } from '../../ui/Empty';
import { VirtualList } from '../../ui/VirtualList';
import css from './steps.module.css';

const ROW = 40;
const LONGEST = 80;

interface Row {
  /** How many steps are done after going there. */
  readonly count: number;
  /** Null: the workflow as it was opened. */
  readonly step: Step | null;
}

export function StepsPanel() {
  const doc = useStore(tabs, (state) => state.tabs.find((tab) => tab.id === state.active)?.doc ?? null);
  useSyncExternalStore(
    useCallback((watcher) => doc?.watch(watcher) ?? (() => {}), [doc]),
    () => doc?.revision ?? 0,
  );
  if (doc === null || (doc.steps.length === 0 && doc.undoneSteps.length === 0))
    return <Empty icon="undo" title={t('steps.empty')} text={t('steps.emptyText')} />;
  const done = doc.steps.length;
  const all = [...doc.steps, ...[...doc.undoneSteps].reverse()];
  const rows: Row[] = [{ count: 0, step: null }, ...all.map((step, index) => ({ count: index + 1, step }))];
  rows.reverse();
  return (
    <VirtualList
      className={css['list']}
      items={rows}
      height={ROW}
      keyOf={(row) => String(row.count)}
      role="listbox"
      aria-label={t('steps.title')}
      onKeyDown={walk}
    >
      {({ count, step }) => (
        <button
          type="button"
          role="option"
          className={css['row']}
          data-undone={count > done || undefined}
          tabIndex={count === done ? 0 : -1}
          aria-selected={count === done}
          onClick={() => travelTo(count)}
        >
          <span className={css['name']}>{step === null ? t('steps.opened') : nameOf(step)}</span>
          <small>
            <span className={css['thing']}>{step === null ? '' : thingsOf(step)}</span>
            {step !== null && <time>{timeOf(step.at)}</time>}
          </small>
        </button>
      )}
    </VirtualList>
  );
}

/** Names of the steps that gestures make; all others are words already. */
const NAMES: Readonly<Record<string, TextKey>> = {
  move: 'step.move',
  resize: 'step.resize',
  'resize group': 'step.resizeGroup',
  link: 'step.link',
  'cut link': 'step.cutLink',
  'cut links': 'step.cutLinks',
  'remove reroute': 'step.removeReroute',
  'change value': 'step.value',
  'change seed control': 'step.control',
  collapse: 'edit.collapse',
};

function nameOf(step: Step): string {
  const key = NAMES[step.label];
  return key === undefined ? step.label : t(key);
}

/** What a step was done to, in a few words. */
function thingsOf(step: Step): string {
  const nodes = new Map(
    step.patches.flatMap((patch) =>
      patch.kind === 'node' ? [[patch.id, patch.after ?? patch.before] as const] : [],
    ),
  );
  const [first] = nodes.values();
  if (nodes.size > 1) return t('steps.nodes', { count: nodes.size });
  if (first != null)
    return [titleOf(first, view.catalog), changeOf(step)].filter((part) => part !== '').join(' › ');
  const groups = new Set(step.patches.flatMap((patch) => (patch.kind === 'group' ? [patch.id] : []))).size;
  return groups > 0 ? t('steps.groups', { count: groups }) : '';
}

/** Where a step gave one widget another value: which, and what it is since then. */
function changeOf({ patches }: Step): string {
  const [patch, other] = patches;
  if (patch?.kind !== 'node' || patch.before === null || patch.after === null || other !== undefined)
    return '';
  const before = new Map(shapeOf(patch.before, view.catalog).widgets.map(({ name, value }) => [name, value]));
  const [changed, more] = shapeOf(patch.after, view.catalog).widgets.filter(
    ({ name, value }) => !sameJson(before.get(name) ?? null, value),
  );
  if (changed === undefined || more !== undefined) return '';
  return `${changed.label}: ${wordsOfValue(changed.value).slice(0, LONGEST)}`;
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** Arrows, Home and End go from row to row; Enter and Space go to the step. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="option"]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1,
  };
  const next = rows[places[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

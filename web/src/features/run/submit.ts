// Running: the document goes to the server as it is; what the server finds wrong is shown where it is.

import { call } from '../../api/call';
import { ApiError, wordsOf } from '../../api/client';
import type { NodeErrors, NoteView } from '../../api/types';
import { clientId } from '../../app/start';
import { view } from '../../app/view';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { openPanel } from '../../stores/layout';
import { dismissRun, keepOrigin, runOf, runs, setRefusal, takeJob, updateRun } from '../../stores/runs';
import { activeTab, newId, type Tab } from '../../stores/tabs';
import { closeToast, toast } from '../../ui/Toast';
import { notePlan } from './progress';
import { titleAt } from './said';
import { changeSeeds, keepSeeds, prepareSeeds } from './seeds';
import { refreshQueue } from './sync';

export interface RunOptions {
  readonly front?: boolean;
  /** Only these output nodes, or "up to here" for any node. */
  readonly targets?: readonly string[];
  readonly count?: number;
}

const MOST_NAMED = 6;
let submitting = false;

export async function runTab(tab: Tab | null = activeTab(), options: RunOptions = {}): Promise<void> {
  if (tab === null || submitting) return;
  submitting = true;
  try {
    for (let number = 0; number < (options.count ?? 1); number += 1) if (!(await submit(tab, options))) break;
  } finally {
    submitting = false;
  }
}

/** One job; false if it was refused. */
async function submit(tab: Tab, { front = false, targets }: RunOptions): Promise<boolean> {
  const takeBackSeeds = prepareSeeds(tab.doc);
  const id = newId();
  keepOrigin(id, { tabId: tab.id, name: tab.name });
  notePlan(id, tab.id);
  try {
    const job = await call('POST /api/v1/jobs', {
      headers: { 'Idempotency-Key': id },
      body: {
        id,
        workflow: tab.doc.save(),
        client_id: clientId,
        name: tab.name,
        front,
        ...(tab.path === null
          ? {}
          : { extra_data: { workflow_file: { name: tab.path, revision: tab.revision } } }),
        ...(targets === undefined ? {} : { targets }),
      },
    });
    keepSeeds(tab);
    setRefusal(tab.id, null);
    closeToast('refused');
    if (!runs.getState().runs.has(job.id)) takeJob(job);
    tellNote(tab, job.notes);
    void refreshQueue();
    return true;
  } catch (error) {
    // Without an answer nobody knows whether it runs.
    if (error instanceof ApiError && error.status > 0) takeBackSeeds();
    refuse(tab, error);
    return false;
  }
}

/** The first thing that was guessed or dropped; that variables were filled in is what they are for. */
function tellNote(tab: Tab, notes: readonly NoteView[]): void {
  const note = notes.find(({ kind }) => kind !== 'resolved');
  if (note === undefined) return;
  const where =
    note.node_id === '' ? t('run.note') : titleAt(tab.doc, note.node_id, catalog.getState().types);
  const title = note.input_name === null ? where : `${where} › ${note.input_name}`;
  toast({ title, text: note.message, key: 'note' });
}

function refuse(tab: Tab, error: unknown): void {
  const nodes = error instanceof ApiError ? error.nodeErrors : {};
  const details = error instanceof ApiError ? error.details : '';
  const message = wordsOf(error);
  const count = Object.keys(nodes).length;
  const gone = typesMissingIn(nodes);
  if (count > 0) {
    // Why an earlier run failed is old news, and would come back when this is put right.
    const last = runOf(runs.getState(), tab.id);
    if (last?.state === 'failed') dismissRun(last.jobId);
    setRefusal(tab.id, { message, details, nodes });
    openPanel('bottom', 'issues');
  }
  toast({
    kind: 'error',
    title: t('run.refused'),
    text: gone.length > 0 ? wordsOfMissing(gone) : count > 0 ? firstOf(nodes) : message,
    key: 'refused',
    ...(count > 0
      ? { action: { label: t('run.showErrors'), run: () => openPanel('bottom', 'issues') }, seconds: 8 }
      : {}),
  });
}

function typesMissingIn(nodes: Readonly<Record<string, NodeErrors>>): string[] {
  const rows = Object.values(nodes).filter(({ errors }) =>
    errors.some((error) => error.type === 'missing_node_type'),
  );
  return [...new Set(rows.map((row) => row.class_type))];
}

function wordsOfMissing(types: readonly string[]): string {
  const names = types.length > MOST_NAMED ? [...types.slice(0, MOST_NAMED), '…'] : types;
  return t('missing.refused', { count: types.length, names: names.join(', ') });
}

/** The first problem in its own words, and how many there are besides. */
function firstOf(nodes: Readonly<Record<string, NodeErrors>>): string {
  const [first, ...others] = Object.values(nodes).flatMap((node) => node.errors);
  if (first === undefined) return '';
  return others.length === 0
    ? first.message
    : `${first.message} ${t('run.moreErrors', { count: others.length })}`;
}

/** Run once more, with other seeds than those on the nodes. */
export async function runWithNewSeeds(): Promise<void> {
  const tab = activeTab();
  if (tab === null) return;
  if (changeSeeds(tab.doc)) await runTab(tab);
  else toast({ title: t('run.noSeeds'), key: 'seeds' });
}

/** Run what the selected nodes need, and nothing else. */
export function runSelected(): Promise<void> {
  return runTab(activeTab(), { targets: [...view.selected] });
}

/** Stop what the tab runs; else what the server runs. */
export async function interrupt(): Promise<void> {
  const state = runs.getState();
  const own = runOf(state, activeTab()?.id ?? null);
  const id = own !== null && own.state === 'running' ? own.jobId : state.running[0]?.id;
  if (id !== undefined) await cancel(id);
}

/** Stop a run or take a job out of the queue. Shown as "stopping" until the server says that it has stopped. */
export async function cancel(jobId: string): Promise<void> {
  updateRun(jobId, { isStopping: true });
  try {
    const answer = await call('POST /api/v1/jobs/{job_id}/cancel', { path: { job_id: jobId } });
    if (answer.state !== 'running') updateRun(jobId, { isStopping: false });
  } catch (error) {
    updateRun(jobId, { isStopping: false });
    toast({ kind: 'error', title: t('run.cancelFailed'), text: wordsOf(error) });
  }
  void refreshQueue();
}

export function canInterrupt(): boolean {
  const state = runs.getState();
  return state.running.length > 0 || [...state.runs.values()].some((run) => run.state === 'running');
}

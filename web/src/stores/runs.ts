// Runs and the queue, as the server tells of them. Events are taken in twenty times a second, however many come.

import { createStore } from 'zustand/vanilla';
import type { Connection } from '../api/events';
import type {
  ErrorRecord,
  JobEvent,
  JobState,
  JobSummary,
  JobView,
  NodeErrors,
  Preview,
  StreamedEvent,
  Ui,
} from '../api/types';
import { keep, keptRows } from './kept';

export interface NodeRun {
  readonly state: 'running' | 'done' | 'cached' | 'failed' | 'blocked';
  readonly value: number | null;
  readonly total: number | null;
  readonly seconds: number | null;
  readonly text: string;
  /** When it began, in seconds since 1970; null if that was not told. */
  readonly startedAt: number | null;
  /** Steps in a second since the first one, which takes longer; null until two were seen. */
  readonly pace: number | null;
  readonly firstStep: { readonly at: number; readonly value: number } | null;
}

export interface Run {
  readonly jobId: string;
  /** The tab it was started from, if that is known here. */
  readonly tabId: string | null;
  readonly name: string;
  readonly state: JobState;
  /** The user asked to stop it, and it has not stopped yet. */
  readonly isStopping: boolean;
  readonly nodes: ReadonlyMap<string, NodeRun>;
  /** What nodes of the canvas gave to be shown, by the id of the node to show it at. */
  readonly outputs: ReadonlyMap<string, Ui>;
  /** From 0 to 1; null while it is not known. */
  readonly fraction: number | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly error: ErrorRecord | null;
  /** The user has seen why it failed, and wants to see it no longer. */
  readonly isDismissed: boolean;
}

export interface RunsState {
  readonly connection: Connection;
  readonly isPaused: boolean;
  readonly running: readonly JobSummary[];
  readonly pending: readonly JobSummary[];
  readonly pendingTotal: number;
  readonly runs: ReadonlyMap<string, Run>;
  /** The latest picture of a run under way, by the node to show it at. */
  readonly previews: ReadonlyMap<string, ShownPreview>;
  /** What the last attempt to run a tab found wrong, by tab and node. */
  readonly refusals: ReadonlyMap<string, Refusal>;
}

export interface ShownPreview {
  readonly blob: Blob;
  readonly jobId: string;
  /** Grows with each picture: the one with the highest is the latest. */
  readonly number: number;
}

export interface Refusal {
  readonly message: string;
  readonly details: string;
  readonly nodes: Readonly<Record<string, NodeErrors>>;
}

export const runs = createStore<RunsState>(() => ({
  connection: 'connecting',
  isPaused: false,
  running: [],
  pending: [],
  pendingTotal: 0,
  runs: new Map(),
  previews: new Map(),
  refusals: new Map(),
}));

const MOST_RUNS = 100;
export const ENDED: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'cancelled']);

// -- whose run it is: kept in this browser, so that a reload still knows ---------------------------------------------

interface Origin {
  readonly tabId: string | null;
  readonly name: string;
  readonly isDismissed?: boolean;
}

const ORIGINS_KEY = 'skein.jobs';
const MOST_ORIGINS = 300;
let known = new Map(keptRows<Origin>(ORIGINS_KEY));

/** Of the last runs by their ids, the latest last. */
export function origins(): ReadonlyMap<string, Origin> {
  return known;
}

export function originOf(jobId: string): Origin | null {
  return known.get(jobId) ?? null;
}

export function keepOrigin(jobId: string, origin: Origin): void {
  known = new Map([...known, [jobId, origin] as const].slice(-MOST_ORIGINS));
  keep(ORIGINS_KEY, [...known]);
}

// -- events ----------------------------------------------------------------------------------------------------------

let waiting: StreamedEvent[] = [];
const freshPreviews = new Map<string, Preview>();
let previewsSeen = 0;
let isAsked = false;
let flushedAt = 0;
/** The eye sees no more often what runs do; in milliseconds. */
const APART = 50;
const WHEN_HIDDEN = 200;
const listeners = new Set<(jobId: string, event: JobEvent) => void>();

/** Be told of each event, in order, after the store has taken it in. */
export function onRunEvent(listener: (jobId: string, event: JobEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function takeEvent(event: StreamedEvent): void {
  waiting.push(event);
  ask();
}

export function takePreview(preview: Preview): void {
  freshPreviews.set(preview.displayId, preview);
  ask();
}

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  const wait = APART - (performance.now() - flushedAt);
  if (document.visibilityState !== 'visible') setTimeout(flush, WHEN_HIDDEN);
  else if (wait > 0) setTimeout(flush, wait);
  else requestAnimationFrame(flush);
}

function flush(): void {
  isAsked = false;
  flushedAt = performance.now();
  const events = waiting;
  waiting = [];
  if (events.length > 0) {
    const next = new Map(runs.getState().runs);
    for (const told of lastSteps(events)) {
      const before = next.get(told.job_id) ?? emptyRun(told.job_id, told.at);
      next.set(told.job_id, applyEvent(before, told.event, told.at));
    }
    for (const id of next.keys()) {
      if (next.size <= MOST_RUNS) break;
      next.delete(id);
    }
    runs.setState({ runs: next });
  }
  takePreviews(events);
  for (const told of events) for (const listener of [...listeners]) listener(told.job_id, told.event);
}

/** Without the steps of a node that another step of it follows: each would copy what is known of its run. */
export function lastSteps(events: readonly StreamedEvent[]): StreamedEvent[] {
  const followed = new Map<string, JobEvent['type']>();
  const kept: StreamedEvent[] = [];
  for (const told of events.toReversed()) {
    const { event } = told;
    const key = 'display_id' in event ? `${told.job_id}/${event.display_id}` : '';
    const isPassed = event.type === 'node_progress' && followed.get(key) === 'node_progress';
    if (!isPassed) kept.push(told);
    followed.set(key, event.type);
  }
  return kept.reverse();
}

function takePreviews(events: readonly StreamedEvent[]): void {
  const ended = new Set(
    events.filter(({ event }) => ENDED.has(event.type as JobState)).map((told) => told.job_id),
  );
  if (freshPreviews.size === 0 && ended.size === 0) return;
  const previews = new Map(runs.getState().previews);
  for (const [nodeId, { blob, jobId }] of freshPreviews) {
    previewsSeen += 1;
    previews.set(nodeId, { blob, jobId, number: previewsSeen });
  }
  freshPreviews.clear();
  for (const [nodeId, { jobId }] of [...previews])
    if (ended.has(jobId) || ENDED.has(runs.getState().runs.get(jobId)?.state ?? 'queued'))
      previews.delete(nodeId);
  runs.setState({ previews });
}

export function emptyRun(jobId: string, at: number): Run {
  const origin = originOf(jobId);
  return {
    jobId,
    tabId: origin?.tabId ?? null,
    name: origin?.name ?? '',
    state: 'queued',
    isStopping: false,
    nodes: new Map(),
    outputs: new Map(),
    fraction: null,
    createdAt: at,
    startedAt: null,
    finishedAt: null,
    error: null,
    isDismissed: origin?.isDismissed ?? false,
  };
}

const NODE: NodeRun = {
  ...{ state: 'running', value: null, total: null, seconds: null, text: '' },
  ...{ startedAt: null, pace: null, firstStep: null },
};

export function applyEvent(run: Run, event: JobEvent, at: number): Run {
  const withNode = (id: string, changes: Partial<NodeRun>, state: NodeRun['state']): Run => {
    const nodes = new Map(run.nodes);
    nodes.set(id, { ...(nodes.get(id) ?? NODE), ...changes, state });
    return { ...run, state: run.state === 'queued' ? 'running' : run.state, nodes };
  };
  switch (event.type) {
    case 'queued':
      return { ...run, state: 'queued', startedAt: null, nodes: new Map() };
    case 'started':
      return { ...run, state: 'running', startedAt: at, nodes: new Map(), fraction: 0 };
    case 'nodes_cached': {
      const nodes = new Map(run.nodes);
      for (const id of event.node_ids) nodes.set(id, { ...NODE, state: 'cached' });
      return { ...run, nodes };
    }
    case 'node_started':
      return withNode(
        event.display_id,
        { value: null, total: null, startedAt: at, pace: null, firstStep: null },
        'running',
      );
    case 'node_progress':
      return withNode(
        event.display_id,
        stepped(run.nodes.get(event.display_id) ?? NODE, event, at),
        'running',
      );
    case 'node_text':
      return withNode(event.node_id, { text: event.text }, run.nodes.get(event.node_id)?.state ?? 'running');
    case 'node_finished': {
      const next = withNode(
        event.display_id,
        { seconds: event.seconds, value: null, total: null },
        event.cached ? 'cached' : 'done',
      );
      return event.ui === null || event.ui === undefined
        ? next
        : { ...next, outputs: new Map([...next.outputs, [event.display_id, event.ui]]) };
    }
    case 'node_blocked':
      return withNode(event.display_id, { text: event.message }, 'blocked');
    case 'succeeded':
      return { ...run, state: 'succeeded', isStopping: false, finishedAt: at, fraction: 1 };
    case 'failed': {
      const id = event.error.node_id ?? '';
      const next = id === '' ? run : withNode(id, { text: event.error.message }, 'failed');
      return {
        ...next,
        nodes: settled(next.nodes),
        state: 'failed',
        isStopping: false,
        finishedAt: at,
        error: event.error,
      };
    }
    case 'cancelled':
      return { ...run, nodes: settled(run.nodes), state: 'cancelled', isStopping: false, finishedAt: at };
    default:
      return run;
  }
}

/** A step: its place, and how fast steps follow each other. A count that begins anew is measured anew. */
function stepped(
  node: NodeRun,
  { value, total }: { readonly value: number; readonly total: number },
  at: number,
): Partial<NodeRun> {
  const first = node.firstStep;
  if (first === null || value <= first.value || total !== node.total)
    return { value, total, firstStep: { at, value }, pace: total === node.total ? node.pace : null };
  const seconds = at - first.at;
  return { value, total, pace: seconds > 0 ? (value - first.value) / seconds : node.pace };
}

/** Nothing runs any more in a run that has ended. */
function settled(nodes: ReadonlyMap<string, NodeRun>): ReadonlyMap<string, NodeRun> {
  return new Map([...nodes].filter(([, node]) => node.state !== 'running'));
}

// -- what the server says when asked ---------------------------------------------------------------------------------

/** Take over a job as it is now: after a reload, or for one that was started elsewhere. */
export function takeJob(job: JobView): void {
  const run = emptyRun(job.id, job.created_at);
  const nodes = new Map<string, NodeRun>();
  for (const record of Object.values(job.nodes)) {
    nodes.set(record.display_id, {
      ...NODE,
      state: record.cached ? 'cached' : 'done',
      seconds: record.seconds,
    });
  }
  for (const id of job.cached) nodes.set(id, { ...NODE, state: 'cached' });
  for (const node of job.progress?.running ?? []) {
    nodes.set(node.display_id, { ...NODE, value: node.value, total: node.total });
  }
  if (job.error?.node_id) nodes.set(job.error.node_id, { ...NODE, state: 'failed', text: job.error.message });
  const taken: Run = {
    ...run,
    state: job.state,
    nodes,
    outputs: new Map(job.outputs.map((output) => [output.node_id, output.values])),
    fraction: job.state === 'succeeded' ? 1 : (job.progress?.fraction ?? null),
    startedAt: job.started_at,
    finishedAt: job.finished_at,
    error: job.error,
  };
  runs.setState((state) => ({ runs: new Map([...state.runs, [job.id, taken]]) }));
}

export function updateRun(jobId: string, changes: Partial<Run>): void {
  runs.setState((state) => {
    const run = state.runs.get(jobId);
    return run === undefined ? state : { runs: new Map([...state.runs, [jobId, { ...run, ...changes }]]) };
  });
}

/** Say no longer why a run failed; a reload remembers. */
export function dismissRun(jobId: string): void {
  const origin = originOf(jobId);
  if (origin !== null) keepOrigin(jobId, { ...origin, isDismissed: true });
  updateRun(jobId, { isDismissed: true });
}

/** The latest run of a tab: one under way before those that have ended. */
export function runOf(state: RunsState, tabId: string | null): Run | null {
  let found: Run | null = null;
  if (tabId === null) return null;
  for (const run of state.runs.values()) {
    if (run.tabId !== tabId) continue;
    if (
      found === null ||
      rank(run) > rank(found) ||
      (rank(run) === rank(found) && run.createdAt >= found.createdAt)
    )
      found = run;
  }
  return found;
}

function rank(run: Run): number {
  return run.state === 'running' ? 2 : run.state === 'queued' ? 0 : 1;
}

export function setRefusal(tabId: string, refusal: Refusal | null): void {
  runs.setState((state) => {
    const refusals = new Map(state.refusals);
    if (refusal === null) refusals.delete(tabId);
    else refusals.set(tabId, refusal);
    return { refusals };
  });
}

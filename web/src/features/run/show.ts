// Puts the run of the active tab on the canvas: marks and progress of nodes; what is wrong, until it is put right.

import { bus } from '../../app/bus';
import { nodeHere } from '../../app/scopes';
import { view } from '../../app/view';
import { modeOf, typeNameOf, VIRTUAL } from '../../core/slots';
import { type Blocked, blockedNodes, setBlockedNodes } from '../../engine/node/blocked';
import { nodeTimes, setNodeTimes } from '../../engine/node/times';
import type { Mark } from '../../engine/paint';
import { type Run, runOf, runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { type Fate, type Forecast, forecast } from './forecast';
import { outcomeOf, timesOf, unneeded } from './outcome';

const FADE = 4000;
/** Of the runs of a tab, those that times are read from. */
const MOST_TIMED = 10;
let shownMarks = new Map<string, Mark>();
let shownProgress = new Map<string, number>();
let fadeTimer: ReturnType<typeof setTimeout> | undefined;

/** The node of the graph on the screen that stands for a node of a run: `12:5` is in the subgraph node 12; '' if none. */
export function nodeOnScreen(runNode: string): string {
  return nodeHere(runNode) ?? '';
}

export function showRun(): void {
  const tabId = tabs.getState().active;
  const state = runs.getState();
  const run = runOf(state, tabId);
  const refusal = tabId === null ? undefined : state.refusals.get(tabId);
  const isOver = run?.finishedAt != null;
  const isFaded = isOver && Date.now() / 1000 - (run.finishedAt ?? 0) > FADE / 1000;
  const { marks, progress } = outcomeOf(run, nodeOnScreen, isFaded);
  if (run?.state === 'succeeded' && !isFaded) markSkipped(run, marks);
  const plan = forecast.getState();
  if (plan.tabId === tabId && run?.state !== 'running') {
    const fed = feedingCached(plan);
    const told = new Map(marks);
    for (const [id, fate] of Object.entries(plan.nodes)) {
      const at = nodeOnScreen(id);
      const mark = MARKS[fate === 'unneeded' && fed.has(at) ? 'cached' : fate];
      // Of the nodes in a subgraph the one that has most to say.
      if (mark !== null && !told.has(at) && rankOf(mark) > rankOf(marks.get(at))) marks.set(at, mark);
    }
  }
  showBlocked(plan.tabId === tabId ? plan : null, marks);
  for (const id of Object.keys(refusal?.nodes ?? {})) marks.set(nodeOnScreen(id), 'failed');
  apply(marks, progress);
  showTimes([...state.runs.values()].filter((each) => each.tabId === tabId));
  clearTimeout(fadeTimer);
  if (isOver && !isFaded) fadeTimer = setTimeout(showRun, FADE + 50);
}

/** What feeds a cached node is not even asked for: its outputs are not needed, as those of the cached one are known. */
function feedingCached({ nodes }: Forecast): ReadonlySet<string> {
  const { scene } = view;
  const cached = Object.entries(nodes).filter(([, fate]) => fate === 'cached');
  if (scene === null || cached.length === 0) return new Set();
  const own = scene.graph;
  const others = unneeded(
    own.nodes.keys(),
    own.links.values(),
    new Set(cached.map(([id]) => nodeOnScreen(id))),
  );
  return new Set([...own.nodes.keys()].filter((id) => !others.has(id)));
}

const MARKS: Readonly<Record<Fate, Mark | null>> = {
  ...{ cached: 'cached', runs: 'planned', perhaps: 'perhaps', blocked: 'blocked', unneeded: null },
};
const RANKS: readonly (Mark | undefined)[] = [undefined, 'cached', 'perhaps', 'planned', 'blocked'];
const rankOf = (mark: Mark | undefined) => RANKS.indexOf(mark);

/** Why nodes that are marked as blocked are. */
function showBlocked(plan: Forecast | null, marks: ReadonlyMap<string, Mark>): void {
  const next = new Map<string, Blocked>();
  for (const [id, cause] of Object.entries(plan?.blockedBy ?? {})) {
    const at = nodeOnScreen(id);
    const why = plan?.reasons[cause] ?? '';
    if (marks.get(at) !== 'blocked' || next.get(at)?.isCause === true) continue;
    next.set(at, { why, isCause: nodeOnScreen(cause) === at });
  }
  const before = blockedNodes();
  setBlockedNodes(next);
  for (const [id, { why }] of next) if (before.get(id)?.why !== why) view.mounts.touch(id);
}

function apply(marks: Map<string, Mark>, progress: Map<string, number>): void {
  for (const id of shownMarks.keys()) if (!marks.has(id)) view.setMark(id, null);
  for (const [id, mark] of marks) if (view.marks.get(id) !== mark) view.setMark(id, mark);
  for (const id of shownProgress.keys()) if (!progress.has(id)) view.setProgress(id, null);
  for (const [id, done] of progress) if (view.progress.get(id) !== done) view.setProgress(id, done);
  [shownMarks, shownProgress] = [marks, progress];
}

/** What could have run and was not needed; who is muted or bypassed, or only a note, says so already. */
function markSkipped(run: Run, marks: Map<string, Mark>): void {
  const { scene } = view;
  if (scene === null || view.scope !== '') return;
  const ran = new Set([...run.nodes.keys()].map(nodeOnScreen));
  const { nodes, links } = scene.graph;
  for (const id of unneeded(nodes.keys(), links.values(), ran)) {
    const node = nodes.get(id);
    if (node === undefined || marks.has(id) || modeOf(node) !== 0) continue;
    if (scene.shape(id)?.type != null && !VIRTUAL.has(typeNameOf(node))) marks.set(id, 'skipped');
  }
}

/** How long nodes took, also after the marks have faded. */
function showTimes(own: readonly Run[]): void {
  const ordered = own.toSorted((one, other) => one.createdAt - other.createdAt).slice(-MOST_TIMED);
  const [before, next] = [nodeTimes(), timesOf(ordered, nodeOnScreen)];
  const changed = [...new Set([...before.keys(), ...next.keys()])].filter(
    (id) => before.get(id) !== next.get(id),
  );
  if (changed.length === 0) return;
  setNodeTimes(next);
  for (const id of changed) view.mounts.touch(id);
  view.invalidate();
}

let isAsked = false;
function showSoon(): void {
  if (isAsked) return;
  isAsked = true;
  queueMicrotask(() => {
    isAsked = false;
    showRun();
  });
}

/** Begin to follow runs, tabs and subgraphs. */
export function followRuns(): void {
  forecast.subscribe(showSoon);
  runs.subscribe((state, before) => {
    if (state.runs !== before.runs || state.refusals !== before.refusals) showSoon();
  });
  let [active, scope] = [tabs.getState().active, view.scope];
  bus.on('selection', () => {
    const now = tabs.getState().active;
    if (now === active && view.scope === scope) return;
    [active, scope] = [now, view.scope];
    setTimeout(showRun);
  });
}

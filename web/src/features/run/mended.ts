// What the server refused stays until it is put right: an input that is edited or linked anew loses its message at once.
// When none is left, the list of problems closes itself.

import { view } from '../../app/view';
import type { GraphDoc } from '../../core/doc';
import { reachOf } from '../../core/effects';
import { linksAround, stateOf } from '../../core/mended';
import { catalog } from '../../stores/catalog';
import { issues } from '../../stores/issues';
import { layout, openPanel } from '../../stores/layout';
import { type Refusal, runOf, runs, setRefusal } from '../../stores/runs';
import { tabOf } from '../../stores/tabs';

type Errors = Refusal['nodes'][string]['errors'];

interface Watched {
  refusal: Refusal;
  /** How each refused input was, by node and input, when it was refused. */
  readonly states: ReadonlyMap<string, string>;
  readonly stop: () => void;
}

const watched = new Map<string, Watched>();
/** The document that nothing is refused in any more, until it has been looked at once again. */
let settling: GraphDoc | null = null;

function inputOf(error: Errors[number]): string {
  const name = error.extra_info?.['input_name'];
  return typeof name === 'string' ? name : '';
}

function stateNow(doc: GraphDoc, node: string, error: Errors[number]): string {
  if (error.type === 'dependency_cycle') return linksAround(doc, node);
  return stateOf(doc, catalog.getState().types, node, inputOf(error));
}

const keyOf = (node: string, error: Errors[number]) => `${node}/${error.type}/${inputOf(error)}`;

function watch(tabId: string, refusal: Refusal, doc: GraphDoc): void {
  const states = new Map<string, string>();
  for (const [node, { errors }] of Object.entries(refusal.nodes))
    for (const error of errors) states.set(keyOf(node, error), stateNow(doc, node, error));
  const stop = doc.watch(({ patches }) => {
    if (reachOf(patches) === 'run') look(tabId, doc);
  });
  watched.set(tabId, { refusal, states, stop });
}

/** Without what was put right; the same one if nothing was. */
export function stillWrong(
  refusal: Refusal,
  isSame: (node: string, error: Errors[number]) => boolean,
): Refusal {
  let hasChanged = false;
  const rows = Object.entries(refusal.nodes).flatMap(([node, row]) => {
    const errors = row.errors.filter((error) => isSame(node, error));
    hasChanged ||= errors.length < row.errors.length;
    return errors.length === 0 ? [] : [[node, { ...row, errors }] as const];
  });
  return hasChanged ? { ...refusal, nodes: Object.fromEntries(rows) } : refusal;
}

function look(tabId: string, doc: GraphDoc): void {
  const known = watched.get(tabId);
  if (known === undefined) return;
  const left = stillWrong(
    known.refusal,
    (node, error) => known.states.get(keyOf(node, error)) === stateNow(doc, node, error),
  );
  if (left === known.refusal) return;
  known.refusal = left;
  if (Object.keys(left.nodes).length > 0) setRefusal(tabId, left);
  else {
    settling = doc;
    setRefusal(tabId, null);
  }
}

/** Close the list of problems if nothing is in it. */
export function closeIfClear(tabId: string | null): void {
  const state = runs.getState();
  const run = runOf(state, tabId);
  const hasFailed = run?.error != null && !run.isDismissed;
  const { found, repairs } = issues.getState();
  if (tabId === null || state.refusals.has(tabId) || hasFailed || found.length + repairs.length > 0) return;
  if (layout.getState().open.bottom === 'issues') openPanel('bottom', null);
}

export function followMended(): void {
  runs.subscribe((state, before) => {
    if (state.refusals === before.refusals) return;
    for (const [tabId, { refusal, stop }] of [...watched]) {
      if (state.refusals.get(tabId) === refusal) continue;
      stop();
      watched.delete(tabId);
    }
    for (const [tabId, refusal] of state.refusals) {
      const doc = tabOf(tabId)?.doc;
      if (!watched.has(tabId) && doc !== undefined) watch(tabId, refusal, doc);
    }
  });
  // What is known to be wrong here is found a moment after the edit.
  issues.subscribe((state) => {
    if (settling === null) return;
    if (state.doc === settling && view.doc === settling) closeIfClear(state.tabId);
    settling = null;
  });
}

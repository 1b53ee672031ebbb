// What the server refused stays until it is put right: of an input that is edited or linked anew, the server is asked
// whether it is. When no message is left, the list of problems closes itself.

import { call } from '../../api/call';
import type { InputError } from '../../api/types';
import { view } from '../../app/view';
import type { GraphDoc } from '../../core/doc';
import { reachOf } from '../../core/effects';
import { GONE, linksAround, stateOf } from '../../core/mended';
import { catalog } from '../../stores/catalog';
import { issues } from '../../stores/issues';
import { layout, openPanel } from '../../stores/layout';
import { type Refusal, runOf, runs, setRefusal } from '../../stores/runs';
import { tabOf } from '../../stores/tabs';
import { countNodes, MOST_SENT, pauseFor } from './forecast';
import { asItRuns } from './seeds';

type Errors = Refusal['nodes'][string]['errors'];

interface Watched {
  refusal: Refusal;
  /** How each refused input was, by node and input, when it was last known to be wrong. */
  readonly states: Map<string, string>;
  readonly stop: () => void;
  /** Until the server is asked, and while it is. */
  timer?: ReturnType<typeof setTimeout>;
  asking?: AbortController;
}

const CYCLE = 'dependency_cycle';
/** What is known to be wrong here is looked for first, in milliseconds. */
const BEHIND_ISSUES = 100;

const watched = new Map<string, Watched>();
/** The document that nothing is refused in any more, until it has been looked at once again. */
let settling: GraphDoc | null = null;

function inputOf(error: Errors[number]): string {
  const name = error.extra_info?.['input_name'];
  return typeof name === 'string' ? name : '';
}

function stateNow(doc: GraphDoc, node: string, error: Errors[number]): string {
  if (error.type === CYCLE) return linksAround(doc, node);
  return stateOf(doc, catalog.getState().types, node, inputOf(error));
}

const keyOf = (node: string, error: Errors[number]) =>
  `${node}/${error.type === CYCLE ? CYCLE : inputOf(error)}`;

function statesOf(refusal: Refusal, doc: GraphDoc): Map<string, string> {
  const states = new Map<string, string>();
  for (const [node, { errors }] of Object.entries(refusal.nodes))
    for (const error of errors) states.set(keyOf(node, error), stateNow(doc, node, error));
  return states;
}

function watch(tabId: string, refusal: Refusal, doc: GraphDoc): void {
  const states = statesOf(refusal, doc);
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

/** What an edit was made to, and what of that the server still finds wrong: in its words of now. The rest is put right. */
export function judged(
  refusal: Refusal,
  isInQuestion: (node: string, error: Errors[number]) => boolean,
  found: readonly InputError[],
): Refusal {
  const rows = Object.entries(refusal.nodes).flatMap(([node, row]) => {
    const errors = row.errors.flatMap((error): Errors => {
      if (!isInQuestion(node, error)) return [error];
      const now = foundFor(node, error, found);
      return now === undefined
        ? []
        : [{ ...error, type: now.type, message: now.message, details: now.details }];
    });
    return errors.length === 0 ? [] : [[node, { ...row, errors }] as const];
  });
  return { ...refusal, nodes: Object.fromEntries(rows) };
}

/** The same thing, or another one that is wrong with the same input; of a circle, that there still is one. */
function foundFor(node: string, error: Errors[number], found: readonly InputError[]): InputError | undefined {
  if (error.type === CYCLE) return found.find(({ type }) => type === CYCLE);
  const here = found.filter((each) => each.node_id === node && (each.input_name ?? '') === inputOf(error));
  return here.find(({ type }) => type === error.type) ?? here[0];
}

function look(tabId: string, doc: GraphDoc): void {
  const known = watched.get(tabId);
  if (known === undefined) return;
  clearTimeout(known.timer);
  known.asking?.abort();
  const nodes = countNodes(doc);
  let asks = false;
  const left = stillWrong(known.refusal, (node, error) => {
    const now = stateNow(doc, node, error);
    if (now === known.states.get(keyOf(node, error))) return true;
    // A node that is gone is wrong no more. So large a document is not sent for each edit: there, an edit has to do.
    if (now === GONE || nodes > MOST_SENT) return false;
    asks = true;
    return true;
  });
  if (asks) known.timer = setTimeout(() => void ask(tabId, doc), pauseFor(nodes) + BEHIND_ISSUES);
  if (left === known.refusal) return;
  if (Object.keys(left.nodes).length === 0) settling = doc;
  take(tabId, known, left);
}

/** Whether what was edited is put right, the server knows. While it cannot be asked, messages stay. */
async function ask(tabId: string, doc: GraphDoc): Promise<void> {
  const known = watched.get(tabId);
  if (known === undefined || runs.getState().connection !== 'open') return;
  const own = new AbortController();
  known.asking = own;
  const states = statesOf(known.refusal, doc);
  const isInQuestion = (node: string, error: Errors[number]) =>
    states.get(keyOf(node, error)) !== known.states.get(keyOf(node, error));
  try {
    const { errors: found } = await call('POST /api/v1/workflows/validate', {
      body: { workflow: asItRuns(doc).save() },
      signal: own.signal,
    });
    if (watched.get(tabId) !== known || known.asking !== own) return;
    const left = judged(known.refusal, isInQuestion, found);
    // Wrong as it is now: undoing the edit asks again.
    for (const [key, state] of states) known.states.set(key, state);
    take(tabId, known, left);
    if (Object.keys(left.nodes).length === 0 && view.doc === doc) closeIfClear(tabId);
  } catch {
    // It stays as it is; the next edit asks again.
  }
}

function take(tabId: string, known: Watched, left: Refusal): void {
  known.refusal = left;
  setRefusal(tabId, Object.keys(left.nodes).length > 0 ? left : null);
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

/** The server is there again, and may not have been asked of edits meanwhile. */
function lookAgain(): void {
  for (const tabId of watched.keys()) {
    const doc = tabOf(tabId)?.doc;
    if (doc !== undefined) look(tabId, doc);
  }
}

export function followMended(): void {
  runs.subscribe((state, before) => {
    if (state.connection === 'open' && before.connection !== 'open') lookAgain();
    if (state.refusals === before.refusals) return;
    for (const [tabId, { refusal, stop, timer, asking }] of [...watched]) {
      if (state.refusals.get(tabId) === refusal) continue;
      stop();
      clearTimeout(timer);
      asking?.abort();
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

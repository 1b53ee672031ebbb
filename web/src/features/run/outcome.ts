// What a run says of the nodes on the screen: how each went, how far it is, and how long it took.

import type { Mark } from '../../engine/paint';
import type { NodeRun, Run } from '../../stores/runs';

export interface Outcome {
  readonly marks: Map<string, Mark>;
  readonly progress: Map<string, number>;
}

/** `at` tells which node on the screen stands for a node of the run. Marks of what went well fade. */
export function outcomeOf(run: Run | null, at: (runNode: string) => string, isFaded: boolean): Outcome {
  const marks = new Map<string, Mark>();
  const progress = new Map<string, number>();
  for (const [id, node] of run?.nodes ?? []) {
    const here = at(id);
    const mark = markOf(node);
    if (mark === 'running') {
      marks.set(here, mark);
      if (node.total !== null && node.total > 0 && node.value !== null)
        progress.set(here, node.value / node.total);
    } else if (mark === 'failed') {
      if (run?.isDismissed !== true) marks.set(here, mark);
    }
    // Of the nodes in a subgraph one that ran says more than one that did not.
    else if (!isFaded && (!marks.has(here) || (mark === 'done' && WEAK.has(marks.get(here)))))
      marks.set(here, mark);
  }
  return { marks, progress };
}

const WEAK: ReadonlySet<Mark | undefined> = new Set<Mark | undefined>(['cached', 'skipped']);

function markOf({ state, text }: NodeRun): Mark {
  // Blocked without a word is a branch that was not taken.
  if (state === 'blocked') return text === '' ? 'skipped' : 'failed';
  return state;
}

/** Nodes of a graph that a run which is over did not need: nothing that ran or was cached depends on them. */
export function unneeded(
  nodes: Iterable<string>,
  links: Iterable<{ readonly from: string; readonly to: string }>,
  ran: ReadonlySet<string>,
): Set<string> {
  const sources = new Map<string, string[]>();
  for (const { from, to } of links) {
    const known = sources.get(to);
    if (known === undefined) sources.set(to, [from]);
    else known.push(from);
  }
  const needed = new Set(ran);
  const waiting = [...ran];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const source of sources.get(id) ?? []) {
      if (needed.has(source)) continue;
      needed.add(source);
      waiting.push(source);
    }
  }
  return new Set([...nodes].filter((id) => !needed.has(id)));
}

/** Seconds of each node on the screen in the latest of these runs in which it ran; the latest run comes last. */
export function timesOf(all: readonly Run[], at: (runNode: string) => string): Map<string, number> {
  const times = new Map<string, number>();
  for (const run of all) {
    const own = new Map<string, number>();
    for (const [id, node] of run.nodes) {
      if (node.state !== 'done' || node.seconds === null) continue;
      own.set(at(id), (own.get(at(id)) ?? 0) + node.seconds);
    }
    for (const [id, seconds] of own) times.set(id, seconds);
  }
  return times;
}

// How far a run is: what is known of it now, weighed by how long its nodes took the last time.

import type { GraphDoc } from '../../core/doc';
import { type Estimate, estimate, plannedNodes } from '../../core/progress';
import { catalog } from '../../stores/catalog';
import { onRunEvent, originOf, type Run } from '../../stores/runs';
import { tabOf } from '../../stores/tabs';
import { keepPlan, keepTiming, lastSeconds, type Plan, planOf } from '../../stores/timings';
import { forecast } from './forecast';

const counted = new WeakMap<GraphDoc, { readonly revision: number; readonly plan: Plan }>();

/** All nodes of a tab's document that may run; found once for each state of the document. */
function nodesOf(tabId: string | null): Plan {
  const doc = tabOf(tabId ?? '')?.doc;
  if (doc === undefined) return new Map();
  const known = counted.get(doc);
  if (known?.revision === doc.revision) return known.plan;
  const plan = plannedNodes(doc, catalog.getState().types);
  counted.set(doc, { revision: doc.revision, plan });
  return plan;
}

/** Before a job is sent: which nodes it will run, as the forecast says, or else all of them. */
export function notePlan(jobId: string, tabId: string): void {
  const all = nodesOf(tabId);
  const { tabId: told, nodes } = forecast.getState();
  const will =
    told !== tabId ? [] : [...all].filter(([id]) => nodes[id] === 'runs' || nodes[id] === 'perhaps');
  keepPlan(jobId, will.length === 0 ? all : new Map(will));
}

export function progressOf(run: Run, now = Date.now() / 1000): Estimate {
  if (run.state === 'succeeded') return { fraction: 1, secondsLeft: null, pace: null, step: null };
  const plan = planOf(run.jobId) ?? nodesOf(run.tabId);
  const types = nodesOf(run.tabId);
  return estimate(
    run.nodes,
    plan.keys(),
    (id) => lastSeconds(run.tabId, id, plan.get(id) ?? types.get(id)),
    run.startedAt,
    now,
  );
}

export const fractionOf = (run: Run) => progressOf(run).fraction;

/** Remember how long nodes take. */
export function followTimings(): void {
  onRunEvent((jobId, event) => {
    if (event.type !== 'node_finished' || event.cached) return;
    keepTiming(originOf(jobId)?.tabId ?? null, event.display_id, event.node_type, event.seconds);
  });
}

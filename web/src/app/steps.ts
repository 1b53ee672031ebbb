// Steps of undo as people take them: what a step changed is brought into sight, in whichever graph it is, and flashes.

import { createStore } from 'zustand/vanilla';
import { groupBox } from '../core/edit';
import { overlaps, surrounding } from '../core/geometry';
import type { NodeId, Scope, Step } from '../core/types';
import { goToScope } from './scopes';
import { view } from './view';

interface FlashState {
  readonly nodes: ReadonlySet<NodeId>;
  readonly groups: ReadonlySet<string>;
  /** Another one each time, so that the same things flash again. */
  readonly number: number;
}

export const flashed = createStore<FlashState>(() => ({ nodes: new Set(), groups: new Set(), number: 0 }));

interface Touched {
  readonly scope: Scope;
  readonly nodes: Set<NodeId>;
  readonly groups: Set<string>;
}

/** What steps changed and is still there, in the graph on the screen if they changed anything there. */
function touchedBy(steps: readonly Step[]): Touched | null {
  const { doc } = view;
  const patches = steps.flatMap((step) => step.patches).filter((patch) => doc?.has(patch.scope) === true);
  const scope = patches.some((patch) => patch.scope === view.scope) ? view.scope : patches.at(-1)?.scope;
  if (doc === null || scope === undefined) return null;
  const graph = doc.graph(scope);
  const [nodes, groups] = [new Set<NodeId>(), new Set<string>()];
  for (const patch of patches) {
    if (patch.scope !== scope) continue;
    if (patch.kind === 'node' && graph.nodes.has(patch.id)) nodes.add(patch.id);
    if (patch.kind === 'group' && graph.groups.has(patch.id)) groups.add(patch.id);
  }
  return { scope, nodes, groups };
}

/** Steps were undone or done again: show where. */
function showSteps(steps: readonly Step[]): void {
  const touched = touchedBy(steps);
  if (touched === null || (touched.nodes.size === 0 && touched.groups.size === 0)) return;
  const { nodes, groups } = touched;
  goToScope(touched.scope);
  const { scene } = view;
  if (scene === null) return;
  const boxes = [
    ...[...nodes].flatMap((id) => scene.layout(id)?.box ?? []),
    ...[...groups].flatMap((id) => groupBox(scene.graph.groups.get(id) ?? {}) ?? []),
  ];
  if (!boxes.some((box) => overlaps(box, view.view.area))) {
    const [first] = nodes;
    const around = surrounding(boxes);
    if (nodes.size === 1 && first !== undefined) view.reveal(first);
    else if (around !== null) {
      view.view.fit(around);
      view.moved();
    }
  }
  view.select(nodes, groups);
  flashed.setState(({ number }) => ({ nodes, groups, number: number + 1 }));
}

export function undoStep(): void {
  const step = view.doc?.undo();
  if (step != null) showSteps([step]);
}

export function redoStep(): void {
  const step = view.doc?.redo();
  if (step != null) showSteps([step]);
}

/** Undo or redo until `count` steps are done. */
export function travelTo(count: number): void {
  const passed = view.doc?.travel(count) ?? [];
  if (passed.length > 0) showSteps(passed.slice(-1));
}

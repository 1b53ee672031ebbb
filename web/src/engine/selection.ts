// What is selected: nodes, groups, points of links.

import type { Change } from '../core/doc';
import type { NodeId, Scope } from '../core/types';

export class Selection {
  readonly nodes = new Set<NodeId>();
  readonly groups = new Set<string>();
  readonly reroutes = new Set<string>();

  clear(): void {
    for (const held of [this.nodes, this.groups, this.reroutes]) held.clear();
  }

  /** Select these and, unless `adds`, nothing else. Returns the nodes that changed; null if nothing did. */
  set(
    nodes: Iterable<NodeId>,
    groups: Iterable<string>,
    reroutes: Iterable<string>,
    adds: boolean,
  ): ReadonlySet<NodeId> | null {
    const changed = change(this.nodes, new Set(nodes), adds);
    const others = [
      change(this.groups, new Set(groups), adds),
      change(this.reroutes, new Set(reroutes), adds),
    ];
    return changed.size > 0 || others.some((each) => each.size > 0) ? changed : null;
  }

  /** What is gone is not selected any more. Returns whether nodes went. */
  follow({ patches }: Change, scope: Scope, hasReroute: (id: string) => boolean): boolean {
    let isNodeGone = false;
    for (const patch of patches) {
      if (patch.after !== null) continue;
      if (patch.kind === 'node') isNodeGone = true;
      if (patch.scope !== scope) continue;
      if (patch.kind === 'node') this.nodes.delete(patch.id);
      if (patch.kind === 'group') this.groups.delete(patch.id);
    }
    for (const id of this.reroutes) if (!hasReroute(id)) this.reroutes.delete(id);
    return isNodeGone;
  }
}

function change(held: Set<string>, wanted: ReadonlySet<string>, adds: boolean): Set<string> {
  const changed = new Set<string>();
  for (const id of held) {
    if (adds || wanted.has(id)) continue;
    held.delete(id);
    changed.add(id);
  }
  for (const id of wanted) {
    if (held.has(id)) continue;
    held.add(id);
    changed.add(id);
  }
  return changed;
}

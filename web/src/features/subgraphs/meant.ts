// Which subgraphs commands are about.

import { view } from '../../app/view';
import { typeNameOf } from '../../core/slots';
import type { NodeId, Scope } from '../../core/types';

/** The selected nodes that are instances of subgraphs. */
export function selectedInstances(): NodeId[] {
  const { doc, scene } = view;
  return [...view.selected].filter((id) => {
    const node = scene?.graph.nodes.get(id);
    return node !== undefined && typeNameOf(node) !== '' && doc?.has(typeNameOf(node)) === true;
  });
}

/** The definition that is meant: of the one selected instance, or the graph that is shown. */
export function meantDefinition(): Scope | null {
  const [instance, ...others] = selectedInstances();
  const node = instance === undefined ? undefined : view.scene?.graph.nodes.get(instance);
  if (node !== undefined && others.length === 0) return typeNameOf(node);
  return view.scope === '' ? null : view.scope;
}

// Where a node comes from: the pack that brings its type, or the one that a file names where the type is missing.

import type { NodeType } from './catalog';
import { asObject, asString, type JsonObject } from './json';

const PACKS = 'custom_nodes.';

/** The name of a pack; `''` for what is built in; null where nobody says. */
export function packOf(node: JsonObject, type: NodeType | null): string | null {
  const module = type?.module ?? '';
  if (module.startsWith(PACKS)) return module.slice(PACKS.length).split('.')[0] ?? '';
  if (module !== '') return '';
  const said = asObject(node['properties']);
  const named = asString(said?.['cnr_id']) ?? asString(said?.['aux_id']) ?? '';
  return named === '' ? null : named;
}

// Find nodes of a document by title, type, id or what they hold, in every graph of it.

import type { Catalog } from './catalog';
import type { GraphDoc } from './doc';
import type { Json } from './json';
import { shapeOf, titleOf, typeNameOf } from './slots';
import type { NodeId, Scope } from './types';

export interface Found {
  readonly scope: Scope;
  readonly node: NodeId;
  readonly title: string;
  readonly type: string;
  /** What matched, where it is a value: `text: a red fox`. */
  readonly value: { readonly name: string; readonly text: string } | null;
  readonly score: number;
}

const MOST = 200;
const AROUND = 40;

/** Best ones first. Words may stand in any order; all of them must be there. `#12` or `12` is an id. */
export function findNodes(doc: GraphDoc, catalog: Catalog, query: string, most = MOST): Found[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const found: Found[] = [];
  for (const scope of doc.scopes) {
    for (const [id, node] of doc.graph(scope).nodes) {
      const title = titleOf(node, catalog);
      const type = typeNameOf(node);
      const score = scoreOf(words, id, title, type);
      if (score > 0) {
        found.push({ scope, node: id, title, type, value: null, score });
        continue;
      }
      const value = valueWith(words, shapeOf(node, catalog).widgets);
      if (value !== null) found.push({ scope, node: id, title, type, value, score: 10 });
    }
  }
  return found.sort((one, other) => other.score - one.score).slice(0, most);
}

function scoreOf(words: readonly string[], id: NodeId, title: string, type: string): number {
  const [first] = words;
  if (words.length === 1 && (first === id || first === `#${id}`)) return 100;
  const [name, kind] = [title.toLowerCase(), type.toLowerCase()];
  if (!words.every((word) => name.includes(word) || kind.includes(word))) return 0;
  const whole = words.join(' ');
  if (name === whole) return 90;
  if (name.startsWith(whole)) return 80;
  return words.every((word) => name.includes(word)) ? 60 : 40;
}

function valueWith(
  words: readonly string[],
  widgets: readonly { readonly name: string; readonly label: string; readonly value: Json }[],
): Found['value'] {
  for (const { label, value } of widgets) {
    if (value === null || typeof value === 'object') continue;
    const text = String(value);
    const low = text.toLowerCase();
    if (!words.every((word) => low.includes(word))) continue;
    const at = Math.max(0, low.indexOf(words[0] ?? '') - AROUND / 2);
    return {
      name: label,
      text: `${at > 0 ? '…' : ''}${text.slice(at, at + 2 * AROUND)}${text.length > at + 2 * AROUND ? '…' : ''}`,
    };
  }
  return null;
}

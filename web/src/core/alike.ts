// Whether what was read is what a document holds: by what is cheap to count, and only then by all of it. What was found out
// of a document is kept until it changes.

import type { GraphDoc } from './doc';
import { asArray, asObject, type JsonObject, stringifyJson } from './json';

interface Counts {
  readonly nodes: number;
  readonly links: number;
  readonly groups: number;
  readonly subgraphs: number;
}

interface Known {
  readonly revision: number;
  readonly counts: Counts;
  print: string | null;
}

const known = new WeakMap<GraphDoc, Known>();
const prints = new WeakMap<JsonObject, string>();

/** Whether saving the document would write what `raw` is. */
export function holdsSame(doc: GraphDoc, raw: JsonObject): boolean {
  const own = knownOf(doc);
  const counts = countsOf(raw);
  const differs = (Object.keys(counts) as (keyof Counts)[]).some((name) => counts[name] !== own.counts[name]);
  if (differs) return false;
  own.print ??= printOf(stringifyJson(doc.save()));
  let print = prints.get(raw);
  if (print === undefined) {
    print = printOf(stringifyJson(raw));
    prints.set(raw, print);
  }
  return own.print === print;
}

function knownOf(doc: GraphDoc): Known {
  const before = known.get(doc);
  if (before?.revision === doc.revision) return before;
  const now: Known = { revision: doc.revision, counts: countsOf(doc.save()), print: null };
  known.set(doc, now);
  return now;
}

function countsOf(raw: JsonObject): Counts {
  const count = (name: string) => asArray(raw[name])?.length ?? 0;
  const subgraphs = asArray(asObject(raw['definitions'])?.['subgraphs'])?.length ?? 0;
  return { nodes: count('nodes'), links: count('links'), groups: count('groups'), subgraphs };
}

/** Length and 53 bits of a text, which two texts that differ do not share in practice. */
function printOf(text: string): string {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    one = Math.imul(one ^ code, 2654435761);
    other = Math.imul(other ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return `${text.length}:${other >>> 0}:${one >>> 0}`;
}

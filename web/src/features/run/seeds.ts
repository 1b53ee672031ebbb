// What a run does to seeds before it is queued, and the document as it would be then.

import { GraphDoc } from '../../core/doc';
import { asObject, type Json, parseJson, stringifyJson } from '../../core/json';
import { CONTROLS, drawSeeds, rememberSeeds, restoreUsedSeeds, rollSeeds, usedSeeds } from '../../core/seed';
import { editScopes } from '../../core/steps';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { keep, keptRows } from '../../stores/kept';
import { type Tab, tabs } from '../../stores/tabs';

const KEY = 'skein.seeds';
const MOST_TABS = 50;
/** Of one tab, in letters; who has more seeds than fit here has those of the last run until the page goes. */
const MOST_LETTERS = 20_000;

/**
 * The seeds that this run uses, before it is queued. No step of undo: a run is none. Returns how to take them back: a run
 * that is refused has used none. What somebody has changed since then stays.
 */
export function prepareSeeds(doc: GraphDoc): () => void {
  const [used, before] = [usedSeeds(doc), valuesIn(doc)];
  roll(doc, !hasRun(doc));
  rememberSeeds(doc, catalog.getState().types);
  const after = valuesIn(doc);
  return () => {
    restoreUsedSeeds(doc, used);
    for (const scope of doc.scopes)
      doc.adjust('seeds', scope, (tx) => {
        for (const [id, node] of tx.graph.nodes) {
          const key = `${scope}/${id}`;
          const [then, now] = [before.get(key), node['widgets_values']];
          if (then !== undefined && then !== now && now === after.get(key))
            tx.patch('node', id, { widgets_values: then });
        }
      });
  };
}

function valuesIn(doc: GraphDoc): ReadonlyMap<string, Json | undefined> {
  const found = new Map<string, Json | undefined>();
  for (const scope of doc.scopes)
    for (const [id, node] of doc.graph(scope).nodes) found.set(`${scope}/${id}`, node['widgets_values']);
  return found;
}

function hasRun(doc: GraphDoc): boolean {
  return usedSeeds(doc) !== null;
}

/** Keep in this browser what the last run of a tab used, so that a reload still knows. */
export function keepSeeds({ id, doc }: Pick<Tab, 'id' | 'doc'>): void {
  const others = keptRows<string>(KEY).filter(([tab]) => tab !== id);
  const text = stringifyJson(Object.fromEntries(usedSeeds(doc) ?? []));
  const own: [string, string][] = text.length > MOST_LETTERS ? [] : [[id, text]];
  keep(KEY, [...others, ...own].slice(-MOST_TABS));
}

/** What `keepSeeds` kept of the tabs that are open again. */
export function restoreSeeds(): void {
  const kept = new Map(keptRows<string>(KEY));
  for (const { id, doc } of tabs.getState().tabs) {
    const seeds = hasRun(doc) ? null : readSeeds(kept.get(id));
    if (seeds !== null) restoreUsedSeeds(doc, seeds);
  }
}

function readSeeds(text: string | undefined): ReadonlyMap<string, Json> | null {
  try {
    const seeds = text === undefined ? null : asObject(parseJson(text));
    return seeds === null ? null : new Map(Object.entries(seeds) as [string, Json][]);
  } catch {
    return null; // somebody else wrote there
  }
}

function roll(doc: GraphDoc, isFirst: boolean): void {
  const { types } = catalog.getState();
  for (const scope of doc.scopes) doc.adjust('seeds', scope, (tx) => rollSeeds(tx, types, isFirst));
}

/** Give every seed a new one, as one step. False if there are none. */
export function changeSeeds(doc: GraphDoc): boolean {
  const { types } = catalog.getState();
  return editScopes(doc, t('run.newSeeds'), doc.scopes, (tx) => drawSeeds(tx, types));
}

/** The document as a run would send it; the same one where no seed would change. It is only to be looked at. */
export function asItRuns(doc: GraphDoc): GraphDoc {
  if (!mayRoll(doc)) return doc;
  const copy = new GraphDoc(doc.save());
  roll(copy, !hasRun(doc));
  return copy;
}

const ROLLING: ReadonlySet<unknown> = new Set(CONTROLS.filter((control) => control !== 'fixed'));

/** Whether a node holds the word of a control that changes its value; quicker than to ask what each value is. */
function mayRoll(doc: GraphDoc): boolean {
  for (const scope of doc.scopes)
    for (const node of doc.graph(scope).nodes.values()) {
      const values = node['widgets_values'];
      if (values === null || typeof values !== 'object') continue;
      if (Object.values(values).some((value) => ROLLING.has(value))) return true;
    }
  return false;
}

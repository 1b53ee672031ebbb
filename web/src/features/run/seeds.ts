// What a run does to seeds before it is queued, and the document as it would be then.

import { GraphDoc } from '../../core/doc';
import { CONTROLS, drawSeeds, rememberSeeds, rollSeeds } from '../../core/seed';
import { editScopes } from '../../core/steps';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';

const hasRun = new WeakSet<GraphDoc>();

/** The seeds that this run uses, before it is queued. No step of undo: a run is none. */
export function prepareSeeds(doc: GraphDoc): void {
  roll(doc, !hasRun.has(doc));
  hasRun.add(doc);
  rememberSeeds(doc, catalog.getState().types);
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
  roll(copy, !hasRun.has(doc));
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

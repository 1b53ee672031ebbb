// What is wrong with the active document while people edit it: looked for again when it has been quiet for a moment.
// Where something is missing, the server is asked what it knows of it: once for each set of missing things.

import { createStore } from 'zustand/vanilla';
import { call } from '../api/call';
import type { Catalog } from '../core/catalog';
import type { GraphDoc } from '../core/doc';
import { reachOf } from '../core/effects';
import { checkAhead, type Issue, issuesOf } from '../core/issues';
import { type MissingReport, modelRecords } from '../core/missing';
import { type Repair, repairAhead, repairsOf } from '../core/repair';
import { catalog } from './catalog';
import { runs } from './runs';
import { activeTab, tabs } from './tabs';

export interface IssuesState {
  readonly doc: GraphDoc | null;
  readonly tabId: string | null;
  readonly found: readonly Issue[];
  /** Nodes whose values do not fit what they are declared to be. */
  readonly repairs: readonly Repair[];
  /** What the server says of what is missing; null until it has said it. */
  readonly report: MissingReport | null;
}

const NONE: IssuesState = { doc: null, tabId: null, found: [], repairs: [], report: null };
const QUIET = 400;
/** Documents of more nodes are looked at in parts, each of so many milliseconds at most. */
const MANY = 2000;
const SLICE = 30;
/** Larger documents are not sent just to know more. */
const MOST_SENT = 20_000;

export const issues = createStore<IssuesState>(() => NONE);

let asked = '';
let asking: AbortController | null = null;

function look(doc: GraphDoc, tabId: string, types: Catalog): void {
  if (types.size === 0) return;
  const before = issues.getState();
  const isSame = before.doc === doc;
  issues.setState({
    ...{ doc, tabId, found: issuesOf(doc, types), repairs: repairsOf(doc, types) },
    report: isSame ? before.report : null,
  });
  if (!isSame) asked = '';
  void ask(doc);
}

/** The same where there is much to look at: the page answers meanwhile. Ends where another document is shown by then. */
async function lookInParts(doc: GraphDoc, tabId: string, types: Catalog): Promise<void> {
  let began = performance.now();
  for (const ahead of [checkAhead(doc, types), repairAhead(doc, types)])
    while (ahead.next().done !== true) {
      if (performance.now() - began < SLICE) continue;
      await new Promise((resolve) => setTimeout(resolve));
      if (activeTab()?.doc !== doc || catalog.getState().types !== types) return;
      began = performance.now();
    }
  look(doc, tabId, types);
}

/** Where nothing is missing, and no file is named that might be, there is nothing to ask. */
async function ask(doc: GraphDoc): Promise<void> {
  const missing = issues
    .getState()
    .found.flatMap(({ code, type, folder, held }) =>
      code === 'missing_type' ? [`type ${type}`] : folder !== '' ? [`${folder}/${String(held)}`] : [],
    );
  const wanted = [...new Set([...missing, ...modelRecords(doc).keys()])].sort().join('\n');
  const isHuge = doc.graph('').nodes.size > MOST_SENT;
  if (wanted === asked || isHuge || runs.getState().connection !== 'open') return;
  asking?.abort();
  asked = wanted;
  if (wanted === '') {
    issues.setState({ report: null });
    return;
  }
  const own = new AbortController();
  asking = own;
  try {
    const { missing_types, missing_models } = await call('POST /api/v1/workflows/validate', {
      body: { workflow: doc.save() },
      signal: own.signal,
    });
    if (issues.getState().doc === doc && asking === own)
      issues.setState({ report: { missing_types, missing_models } });
  } catch {
    // What is known here is shown all the same; a later look asks again.
    if (asking === own) asked = '';
  }
}

/** Begin to follow the active document and the node types. */
export function followIssues(): void {
  let stop = () => {};
  let shown: GraphDoc | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const lookSoon = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const tab = activeTab();
      if (tab === null) return;
      const isLarge = tab.doc.graph().nodes.size > MANY;
      void (isLarge ? lookInParts : look)(tab.doc, tab.id, catalog.getState().types);
    }, wait);
  };
  const follow = () => {
    const doc = activeTab()?.doc ?? null;
    if (doc === shown) return;
    shown = doc;
    stop();
    asking?.abort();
    issues.setState(NONE);
    stop =
      doc?.watch(({ patches }) => {
        if (reachOf(patches) !== 'looks') lookSoon(QUIET);
      }) ?? (() => {});
    if (doc !== null) lookSoon(QUIET / 4);
  };
  follow();
  tabs.subscribe(follow);
  catalog.subscribe((state, before) => {
    if (state.types === before.types) return;
    asked = ''; // files may have come or gone
    lookSoon(0);
  });
  runs.subscribe((state, before) => {
    if (state.connection === 'open' && before.connection !== 'open') lookSoon(0);
  });
}

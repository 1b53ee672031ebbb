// What keeps the active workflow from running, or ended its run: what the server said, and what is known to be wrong
// already.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { ErrorRecord } from '../../api/types';
import { focusField } from '../../app/fields';
import { jumpTo } from '../../app/scopes';
import { view } from '../../app/view';
import type { GraphDoc } from '../../core/doc';
import type { Issue } from '../../core/issues';
import { locate } from '../../core/missing';
import { typeNameOf } from '../../core/slots';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { issues as found } from '../../stores/issues';
import { type Refusal, type Run, runOf, runs } from '../../stores/runs';
import { type Tab, tabs } from '../../stores/tabs';
import { countOf, useMissing } from '../missing/api';
import { titleAt, titleOfFailed } from './said';
import { nodeOnScreen } from './show';

export interface Problem {
  /** As runs call it: `12:5` stands in the subgraph of node 12. */
  readonly nodeId: string;
  readonly title: string;
  readonly input: string;
  readonly message: string;
  readonly details: string;
  readonly error: ErrorRecord | null;
}

export interface Problems {
  readonly problems: readonly Problem[];
  /** How many things are missing besides; they have lists of their own. */
  readonly missing: number;
  readonly tab: Tab | null;
  readonly refusal: Refusal | null;
  readonly run: Run | null;
}

export function useIssueCount(): number {
  const { problems, missing } = useProblems();
  return problems.length + missing;
}

/** What stands in the lists of missing things is not said again. */
function isListed({ code, folder }: Issue): boolean {
  return code === 'missing_type' || folder !== '';
}

export function useProblems(): Problems {
  const tab = useStore(tabs, (state) => state.tabs.find((each) => each.id === state.active) ?? null);
  const refusal = useStore(runs, (state) => (tab === null ? null : (state.refusals.get(tab.id) ?? null)));
  const run = useStore(runs, (state) => runOf(state, tab?.id ?? null));
  const types = useStore(catalog, (state) => state.types);
  const live = useStore(found, (state) => (state.doc === (tab?.doc ?? null) ? state.found : NONE));
  const missing = useMissing();
  const error = run === null || run.isDismissed ? null : run.error;
  const problems = useMemo(() => {
    const doc = tab?.doc ?? null;
    const titleFor = (id: string, type: string) => titleAt(doc, id, types, type);
    const gone = new Set(missing.types.map(({ type }) => type));
    const told: Problem[] = [];
    for (const [nodeId, { errors, class_type }] of Object.entries(refusal?.nodes ?? {})) {
      for (const each of errors) {
        if (gone.has(class_type) && each.type === 'missing_node_type') continue;
        const input = each.extra_info?.['input_name'];
        told.push({
          nodeId,
          title: titleFor(nodeId, class_type),
          input: typeof input === 'string' ? input : '',
          message: each.message,
          details: each.details ?? '',
          error: each,
        });
      }
    }
    if (error !== null && refusal === null) {
      const nodeId = error.node_id ?? '';
      told.push({
        nodeId,
        title: titleOfFailed(error, doc, types),
        input: '',
        message: error.message,
        details: error.details ?? '',
        error,
      });
    }
    // What the server said counts; besides it, what is known to be wrong already.
    const known = new Set(told.map(({ nodeId, input }) => `${nodeId}/${input}`));
    const files = new Set(missing.files.flatMap(({ spots }) => spots.map((s) => `${s.node}/${s.label}`)));
    const odd = new Set(missing.repairs.map(({ scope, node }) => `${scope}/${node}`));
    const isSaid = ({ scope, node, code }: Issue) => code !== 'missing_link' && odd.has(`${scope}/${node}`);
    const others =
      doc === null
        ? []
        : live.filter((issue) => !isListed(issue) && !isSaid(issue)).map((issue) => toProblem(doc, issue));
    return [
      ...told.filter(({ nodeId, input, error: own }) => own === error || !files.has(`${nodeId}/${input}`)),
      ...others.filter(({ nodeId, input }) => !known.has(`${nodeId}/${input}`)),
    ];
  }, [tab, refusal, error, types, live, missing]);
  return { problems, missing: countOf(missing), tab, refusal, run };
}

const NONE: readonly Issue[] = [];

function toProblem(doc: GraphDoc, issue: Issue): Problem {
  const { code, title, input, value, limit, type, suggestions } = issue;
  const instance =
    issue.scope === ''
      ? undefined
      : [...doc.graph('').nodes].find(([, node]) => typeNameOf(node) === issue.scope)?.[0];
  return {
    nodeId: instance === undefined ? issue.node : `${instance}:${issue.node}`,
    title,
    input,
    message: t(`graph.issue.${code}`, { input, value, limit, type }),
    details: suggestions.length === 0 ? '' : t('graph.issueInstead', { names: suggestions.join(', ') }),
    error: null,
  };
}

/** To the node, wherever it stands, and, where there is one, into the field of the input. */
export function goTo({ nodeId, input }: Pick<Problem, 'nodeId' | 'input'>): void {
  const [spot] = view.doc === null ? [] : locate(view.doc, nodeId);
  if (spot !== undefined) jumpTo(spot.scope, spot.node);
  else {
    const id = nodeOnScreen(nodeId);
    if (view.scene?.layout(id) === undefined) return;
    view.select([id]);
    view.reveal(id);
  }
  if (input !== '') focusField(spot?.node ?? nodeOnScreen(nodeId), input);
}

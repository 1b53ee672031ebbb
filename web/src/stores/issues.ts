// What is wrong with the active document while people edit it: asked for again when it has been quiet for a moment.

import { useEffect, useState } from 'react';
import type { Catalog } from '../core/catalog';
import type { GraphDoc } from '../core/doc';
import { type Issue, issuesOf } from '../core/issues';
import { typeNameOf } from '../core/slots';
import { t } from '../i18n/t';

const QUIET = 400;

export interface LiveIssue {
  /** As runs call it: `12:5` stands in the subgraph of node 12. */
  readonly nodeId: string;
  readonly title: string;
  readonly input: string;
  readonly message: string;
  readonly details: string;
  readonly error: null;
}

export function useLiveIssues(doc: GraphDoc | null, types: Catalog): readonly LiveIssue[] {
  const [issues, setIssues] = useState<readonly LiveIssue[]>([]);
  useEffect(() => {
    if (doc === null) {
      setIssues([]);
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => setIssues(issuesOf(doc, types).map((issue) => toLive(doc, issue)));
    const lookSoon = () => {
      clearTimeout(timer);
      timer = setTimeout(look, QUIET);
    };
    lookSoon();
    const stop = doc.watch(lookSoon);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [doc, types]);
  return issues;
}

function toLive(doc: GraphDoc, issue: Issue): LiveIssue {
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

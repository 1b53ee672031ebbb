// What is wrong, one line each: `node > input: message`. A click goes to the node and into the field.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { ErrorRecord } from '../../api/types';
import { view } from '../../app/view';
import { titleOf } from '../../core/slots';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { useLiveIssues } from '../../stores/issues';
import { type Refusal, type Run, runOf, runs, setRefusal } from '../../stores/runs';
import { type Tab, tabs } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { toast } from '../../ui/Toast';
import css from './IssuesPanel.module.css';
import { nodeOnScreen } from './show';

export interface Issue {
  readonly nodeId: string;
  readonly title: string;
  readonly input: string;
  readonly message: string;
  readonly details: string;
  readonly error: ErrorRecord | null;
}

export function IssuesPanel() {
  const { issues, tab, refusal, run } = useIssues();
  if (issues.length === 0) return <Empty icon="check" title={t('issues.none')} text={t('issues.noneText')} />;
  return (
    <div className={css['panel']}>
      <ul className={css['list']}>
        {issues.map((issue) => (
          <li key={`${issue.nodeId}/${issue.input}/${issue.message}`}>
            <button
              type="button"
              className={css['issue']}
              onClick={() => goTo(issue)}
              disabled={issue.nodeId === ''}
            >
              <Icon name="alert" size={14} />
              <span className={css['where']}>
                {issue.title}
                {issue.input !== '' && ` › ${issue.input}`}
              </span>
              <span className={css['message']}>{issue.message}</span>
            </button>
            {issue.details !== '' && issue.details !== issue.message && (
              <p className={css['details']}>{issue.details}</p>
            )}
            {(issue.error?.traceback?.length ?? 0) > 0 && (
              <details className={css['details']}>
                <summary>{t('issues.trace')}</summary>
                <pre className={css['trace']}>{issue.error?.traceback?.join('')}</pre>
              </details>
            )}
          </li>
        ))}
      </ul>
      <div className={css['foot']}>
        <Button size="small" icon="copy" onClick={() => void copyReport(issues, tab, run)}>
          {t('issues.copy')}
        </Button>
        {refusal !== null && tab !== null && (
          <Button size="small" onClick={() => setRefusal(tab.id, null)}>
            {t('issues.dismiss')}
          </Button>
        )}
      </div>
    </div>
  );
}

export function useIssueCount(): number {
  return useIssues().issues.length;
}

function useIssues(): {
  issues: readonly Issue[];
  tab: Tab | null;
  refusal: Refusal | null;
  run: Run | null;
} {
  const tab = useStore(tabs, (state) => state.tabs.find((each) => each.id === state.active) ?? null);
  const refusal = useStore(runs, (state) => (tab === null ? null : (state.refusals.get(tab.id) ?? null)));
  const run = useStore(runs, (state) => runOf(state, tab?.id ?? null));
  const types = useStore(catalog, (state) => state.types);
  const error = run?.error ?? null;
  const live = useLiveIssues(tab?.doc ?? null, types);
  const issues = useMemo(() => {
    const titleFor = (id: string, type: string): string => {
      const node = tab?.doc.graph('').nodes.get(id); // one inside a subgraph goes by its type
      return node === undefined ? (types.get(type)?.display_name ?? type) : titleOf(node, types);
    };
    const found: Issue[] = [];
    for (const [nodeId, { errors, class_type }] of Object.entries(refusal?.nodes ?? {})) {
      for (const each of errors) {
        const input = each.extra_info?.['input_name'];
        found.push({
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
      found.push({
        nodeId,
        title: error.title || titleFor(nodeId, error.node_type ?? ''),
        input: '',
        message: error.message,
        details: error.details ?? '',
        error,
      });
    }
    // What the server said counts; besides it, what is known to be wrong already.
    const told = new Set(found.map(({ nodeId, input }) => `${nodeId}/${input}`));
    return [...found, ...live.filter(({ nodeId, input }) => !told.has(`${nodeId}/${input}`))];
  }, [tab, refusal, error, types, live]);
  return { issues, tab, refusal, run };
}

/** To the node, and, where there is one, into the field of the input. */
export function goTo({ nodeId, input }: Pick<Issue, 'nodeId' | 'input'>): void {
  const id = nodeOnScreen(nodeId);
  if (view.scene?.layout(id) === undefined) return;
  view.select([id]);
  view.reveal(id);
  if (input === '') return;
  let tries = 0;
  const look = () => {
    const node = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    const name = CSS.escape(input);
    const field =
      node?.querySelector<HTMLElement>(`[data-widget="${name}"]`) ??
      node?.querySelector<HTMLElement>(`[data-input="${name}"]`);
    const focusable = field?.matches('input,textarea,select,button')
      ? field
      : field?.querySelector<HTMLElement>('input,textarea,select,button,[tabindex]');
    tries += 1;
    if (focusable != null) focusable.focus({ preventScroll: true });
    else if (tries < 20) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Paths of the home directory say who the user is. */
export function withoutHome(text: string): string {
  return text.replace(/(\/(?:home|Users)\/)[^/\s"']+/g, '$1…').replace(/([A-Z]:\\Users\\)[^\\\s"']+/g, '$1…');
}

async function copyReport(issues: readonly Issue[], tab: Tab | null, run: Run | null): Promise<void> {
  const lines = [
    `${t('app.name')}: ${tab?.name ?? ''} ${run?.jobId ?? ''}`.trim(),
    ...issues.map((issue) =>
      [
        `${issue.title} (${issue.nodeId})${issue.input === '' ? '' : ` > ${issue.input}`}: ${issue.message}`,
        issue.details,
        Object.entries(issue.error?.inputs ?? {})
          .map(([name, value]) => `  ${name} = ${value}`)
          .join('\n'),
        issue.error?.traceback?.join('') ?? '',
      ]
        .filter((part) => part !== '')
        .join('\n'),
    ),
  ];
  try {
    await navigator.clipboard.writeText(withoutHome(lines.join('\n\n')));
    toast({ kind: 'success', title: t('issues.copied'), seconds: 2 });
  } catch {
    toast({ kind: 'warning', title: t('issues.copyFailed') });
  }
}

// What is wrong, one line each: `node > input: message`. A click goes to the node and into the field.

import { copyText } from '../../app/clipboard';
import { focusCanvas } from '../../app/view';
import { t } from '../../i18n/t';
import type { Run } from '../../stores/runs';
import { dismissRun, setRefusal } from '../../stores/runs';
import type { Tab } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { MissingList, missingWords, useMissing } from '../missing/api';
import css from './IssuesPanel.module.css';
import { closeIfClear } from './mended';
import { goTo, type Problem, useProblems } from './problems';
import { reportOf } from './report';

export function IssuesPanel() {
  const { problems: issues, tab, run } = useProblems();
  const { files, types, repairs } = useMissing();
  if (issues.length + files.length + types.length + repairs.length === 0)
    return <Empty icon="check" title={t('issues.none')} text={t('issues.noneText')} />;
  return (
    <div className={css['panel']}>
      <div className={css['list']}>
        <MissingList />
        <ul>
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
              {!issue.message.includes(issue.details) && <p className={css['details']}>{issue.details}</p>}
              {(issue.error?.traceback?.length ?? 0) > 0 && (
                <details className={css['details']}>
                  <summary>{t('issues.trace')}</summary>
                  <pre className={css['trace']}>{issue.error?.traceback?.join('\n')}</pre>
                </details>
              )}
            </li>
          ))}
        </ul>
      </div>
      <div className={css['foot']}>
        <Button size="small" icon="copy" onClick={() => void copyReport(issues, tab, run)}>
          {t('issues.copy')}
        </Button>
        {tab !== null && issues.some(({ error }) => error !== null) && (
          <Button size="small" onClick={() => dismiss(tab.id, run)}>
            {t('issues.dismiss')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** What the server said; what is known here to be wrong stays until it is put right. */
function dismiss(tabId: string, run: Run | null): void {
  setRefusal(tabId, null);
  if (run?.error != null) dismissRun(run.jobId);
  closeIfClear(tabId);
  focusCanvas();
}

async function copyReport(issues: readonly Problem[], tab: Tab | null, run: Run | null): Promise<void> {
  const report = reportOf(`${tab?.name ?? ''} ${run?.jobId ?? ''}`, missingWords(), issues);
  await copyText(report, t('issues.copied'));
}

// What is missing, in the list of problems: files, node types, and values that do not fit.

import { useMemo } from 'react';
import { runCommand } from '../../app/commands';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { FileRow } from './Files';
import css from './Missing.module.css';
import { bypassing, bypassMissing, useMissing, wordsOfObstacle } from './missing';
import { openRepairs } from './repairs';
import { TypeRow } from './Types';

export function MissingList() {
  const { doc, files, types, repairs } = useMissing();
  const plan = useMemo(
    () => (doc === null || types.length === 0 ? null : bypassing(doc, types)),
    [doc, types],
  );
  return (
    <>
      {repairs.length > 0 && (
        <section className={css['section']} aria-label={t('repair.title')}>
          <header className={css['title']}>
            <h3>{t('repair.title')}</h3>
            <Button size="small" icon="check" onClick={() => openRepairs()}>
              {t('repair.open')}
            </Button>
          </header>
          <p className={css['text']}>{t('missing.countRepairs', { count: repairs.length })}</p>
        </section>
      )}
      {files.length > 0 && (
        <section className={css['section']} aria-label={t('missing.files')}>
          <header className={css['title']}>
            <h3>
              {t('missing.files')} ({files.length})
            </h3>
            <Button size="small" icon="refresh" onClick={() => runCommand('app.refresh')}>
              {t('missing.lookAgain')}
            </Button>
          </header>
          <ul>
            {files.map((file) => (
              <FileRow key={`${file.folder}/${file.name}`} file={file} />
            ))}
          </ul>
        </section>
      )}
      {types.length > 0 && plan !== null && (
        <section className={css['section']} aria-label={t('missing.types')}>
          <header className={css['title']}>
            <h3>
              {t('missing.types')} ({types.length})
            </h3>
            {plan.count > 0 && (
              <Button
                size="small"
                icon="bypass"
                title={t('missing.bypassAllHint')}
                onClick={() => bypassMissing()}
              >
                {t(plan.obstacles.length > 0 ? 'missing.bypassSome' : 'missing.bypassAll')}
              </Button>
            )}
          </header>
          {plan.obstacles.map((obstacle) => (
            <p key={`${obstacle.scope}/${obstacle.node}`} className={css['text']}>
              {wordsOfObstacle(obstacle)}
            </p>
          ))}
          <ul>
            {types.map((missing) => (
              <TypeRow key={missing.type} missing={missing} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

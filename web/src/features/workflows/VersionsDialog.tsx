// What a workflow file was at each save, and what changed; any of them opens as a new tab.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { t } from '../../i18n/t';
import { nameOf, openTab } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import { listVersions, readVersion, type Version } from './files';
import css from './VersionsDialog.module.css';
import { shownVersions, showVersions } from './versions.store';

export function VersionsDialog() {
  const name = useStore(shownVersions, (state) => state.name);
  return name === null ? null : <Versions key={name} name={name} />;
}

function Versions({ name }: { readonly name: string }) {
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    listVersions(name)
      .then(setVersions)
      .catch((thrown: unknown) => setError(wordsOf(thrown)));
  }, [name]);
  const open = async (version: Version) => {
    try {
      const time = new Date(version.saved_at * 1000).toLocaleString();
      openTab(await readVersion(name, version.id), {
        name: t('versions.of', { name: nameOf(name), time }),
        isDirty: true,
      });
      showVersions(null);
    } catch (thrown) {
      toast({ kind: 'error', title: t('versions.failed'), text: wordsOf(thrown) });
    }
  };
  return (
    <Dialog
      title={t('versions.title', { name: nameOf(name) })}
      description={t('versions.text')}
      closeLabel={t('app.close')}
      onClose={() => showVersions(null)}
    >
      {error !== '' && <Empty icon="alert" title={t('versions.failed')} text={error} />}
      {versions === null && error === '' && <Spinner label={t('app.loading')} />}
      {versions?.length === 0 && <Empty icon="history" title={t('versions.none')} />}
      <ol>
        {(versions ?? []).map((version, index) => (
          <li key={version.id} className={css['row']}>
            <div className={css['words']}>
              <p>
                {new Date(version.saved_at * 1000).toLocaleString()}
                {index === 0 && <span className={css['latest']}>{t('versions.latest')}</span>}
              </p>
              <p className={css['note']}>
                {[
                  t(`versions.origin.${version.origin}`),
                  version.nodes === null ? '' : t('versions.nodes', { count: version.nodes }),
                  version.changes.text,
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </p>
            </div>
            <Button size="small" onClick={() => void open(version)}>
              {t('versions.open')}
            </Button>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

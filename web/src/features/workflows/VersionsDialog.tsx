// What a workflow file was at each save, and what changed: any version opens as a new tab, has a name, is compared.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { labelVersion, listVersions, readVersion, type Version } from '../../api/workflows';
import { openAnew } from '../../app/open';
import { isStop } from '../../app/opening';
import { t } from '../../i18n/t';
import { nameOf, type Tab, tabs } from '../../stores/tabs';
import { askText } from '../../ui/ask';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import { type Compared, VersionCompare } from './VersionCompare';
import css from './VersionsDialog.module.css';
import { factsOfVersion, timeOfVersion, titleOfVersion } from './version-words';
import { shownVersions, showVersions } from './versions.store';

export function VersionsDialog() {
  const name = useStore(shownVersions, (state) => state.name);
  return name === null ? null : <Versions key={name} name={name} />;
}

const close = () => showVersions(null);

function failed(error: unknown): null {
  toast({ kind: 'error', title: t('versions.failed'), text: wordsOf(error) });
  return null;
}

function Versions({ name }: { readonly name: string }) {
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [error, setError] = useState('');
  const [compared, setCompared] = useState<Compared | null>(null);
  useEffect(() => {
    listVersions(name)
      .then(setVersions)
      .catch((thrown: unknown) => setError(wordsOf(thrown)));
  }, [name]);
  const open = async (version: Version): Promise<Tab | null> => {
    try {
      const time = version.label === '' ? timeOfVersion(version) : version.label;
      const title = t('versions.of', { name: nameOf(name), time });
      const tab = await openAnew(await readVersion(name, version.id), { name: title, isDirty: true });
      close();
      return tab;
    } catch (thrown) {
      return isStop(thrown) ? null : failed(thrown);
    }
  };
  const label = async (version: Version) => {
    const text = await askLabel(version);
    if (text === null) return;
    try {
      const next = await labelVersion(name, version.id, text);
      setVersions((all) => (all ?? []).map((each) => (each.id === next.id ? next : each)));
    } catch (thrown) {
      failed(thrown);
    }
  };
  const compare = (version: Version, index: number) => {
    const isOpen = tabs.getState().tabs.some((tab) => tab.path === name);
    const [newest, before] = [versions?.[0]?.id, versions?.[index + 1]?.id];
    if (isOpen) setCompared({ from: version.id, to: 'now' });
    else if (index > 0 && newest !== undefined) setCompared({ from: version.id, to: newest });
    else setCompared({ from: before ?? version.id, to: version.id });
  };
  return (
    <Dialog
      title={t('versions.title', { name: nameOf(name) })}
      description={compared === null ? t('versions.text') : t('versions.compareTitle')}
      closeLabel={t('app.close')}
      size={compared === null ? 'medium' : 'large'}
      onClose={close}
      {...(compared === null
        ? {}
        : {
            footer: (
              <Button icon="chevronLeft" onClick={() => setCompared(null)}>
                {t('versions.back')}
              </Button>
            ),
          })}
    >
      {error !== '' && <Empty icon="alert" title={t('versions.failed')} text={error} />}
      {versions === null && error === '' && <Spinner label={t('app.loading')} />}
      {versions?.length === 0 && <Empty icon="history" title={t('versions.none')} />}
      {compared !== null && versions !== null ? (
        <VersionCompare
          name={name}
          versions={versions}
          compared={compared}
          onChange={setCompared}
          onOpen={open}
          onLeave={close}
        />
      ) : (
        <ol>
          {(versions ?? []).map((version, index) => (
            <li key={version.id} className={css['row']}>
              <div className={css['words']}>
                <p>
                  {titleOfVersion(version)}
                  {index === 0 && <span className={css['latest']}>{t('versions.latest')}</span>}
                </p>
                <p className={css['note']}>{factsOfVersion(version)}</p>
              </div>
              <IconButton
                icon="pen"
                size="small"
                label={t('versions.label')}
                onClick={() => void label(version)}
              />
              <Button
                size="small"
                aria-label={`${t('versions.compareIt')}: ${titleOfVersion(version)}`}
                onClick={() => compare(version, index)}
              >
                {t('versions.compare')}
              </Button>
              <Button size="small" onClick={() => void open(version)}>
                {t('versions.open')}
              </Button>
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}

/** A name for a version; empty if it shall have none. */
function askLabel(version: Version): Promise<string | null> {
  return askText({
    title: t('versions.label'),
    closeLabel: t('app.close'),
    field: { label: t('versions.labelField'), value: version.label, canBeEmpty: true },
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'done', label: t('versions.labelIt'), kind: 'primary' },
    ],
  });
}

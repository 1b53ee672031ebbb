// Two versions of a workflow side by side, or one beside the canvas: what changed, and the way to it.

import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { readVersion, type Version } from '../../api/workflows';
import { GraphDoc } from '../../core/doc';
import { type DocChange, diffDocs, type NodeAt } from '../../core/docdiff';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { type Tab, tabs } from '../../stores/tabs';
import { Button, IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Field, Select } from '../../ui/Field';
import { Spinner } from '../../ui/Spinner';
import { showNode } from './show-node';
import css from './VersionsDialog.module.css';
import { titleOfVersion } from './version-words';

/** The id of a version, or the canvas. */
export type SideId = number | 'now';

export interface Compared {
  readonly from: SideId;
  readonly to: SideId;
}

interface CompareProps {
  readonly name: string;
  readonly versions: readonly Version[];
  readonly compared: Compared;
  readonly onChange: (compared: Compared) => void;
  readonly onOpen: (version: Version) => Promise<Tab | null>;
  readonly onLeave: () => void;
}

export function VersionCompare(props: CompareProps) {
  const { name, versions, compared, onChange, onOpen, onLeave } = props;
  const types = useStore(catalog, (state) => state.types);
  const open = useStore(tabs, (state) => state.tabs.find((tab) => tab.path === name) ?? null);
  const [docs, setDocs] = useState<readonly [GraphDoc, GraphDoc] | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let isCurrent = true;
    const read = async (side: SideId) =>
      side !== 'now' ? new GraphDoc(await readVersion(name, side)) : (open?.doc ?? new GraphDoc({}));
    setDocs(null);
    Promise.all([read(compared.from), read(compared.to)])
      .then((both) => isCurrent && setDocs(both))
      .catch((thrown: unknown) => isCurrent && setError(wordsOf(thrown)));
    return () => {
      isCurrent = false;
    };
  }, [name, compared, open]);
  const diff = useMemo(() => (docs === null ? null : diffDocs(docs[0], docs[1], types)), [docs, types]);
  const jump = async (side: SideId, at: NodeAt) => {
    const version = versions.find((each) => each.id === side);
    const tab = side === 'now' ? open : version === undefined ? null : await onOpen(version);
    if (tab === null) return;
    onLeave();
    showNode(tab, at);
  };
  const options = [
    ...(open === null ? [] : [{ value: 'now', label: t('versions.now') }]),
    ...versions.map((version) => ({ value: String(version.id), label: titleOfVersion(version) })),
  ];
  const side = (key: keyof Compared) => (
    <Field label={t(key === 'from' ? 'versions.from' : 'versions.to')}>
      {(id) => (
        <Select
          id={id}
          value={String(compared[key])}
          options={options}
          onChange={(value) => onChange({ ...compared, [key]: value === 'now' ? 'now' : Number(value) })}
        />
      )}
    </Field>
  );
  return (
    <>
      <div className={css['sides']}>
        {side('from')}
        <IconButton
          icon="compare"
          label={t('versions.swap')}
          onClick={() => onChange({ from: compared.to, to: compared.from })}
        />
        {side('to')}
      </div>
      {error !== '' && <Empty icon="alert" title={t('versions.failed')} text={error} />}
      {diff === null && error === '' && <Spinner label={t('app.loading')} />}
      {diff !== null && diff.changes.length + diff.added.length + diff.removed.length === 0 && (
        <Empty icon="check" title={t(diff.looks > 0 ? 'versions.sameNodes' : 'versions.same')} />
      )}
      {diff !== null && diff.changes.length + diff.added.length + diff.removed.length > 0 && (
        <table className={css['table']}>
          <thead>
            <tr>
              <th scope="col">{t('versions.node')}</th>
              <th scope="col">{t('versions.from')}</th>
              <th scope="col">{t('versions.to')}</th>
            </tr>
          </thead>
          <tbody>
            {diff.added.map((at) => (
              <Row
                key={`+${at.scope}/${at.node}`}
                at={at}
                what={t('versions.added')}
                onJump={() => void jump(compared.to, at)}
              />
            ))}
            {diff.removed.map((at) => (
              <Row
                key={`-${at.scope}/${at.node}`}
                at={at}
                what={t('versions.removed')}
                onJump={() => void jump(compared.from, at)}
              />
            ))}
            {diff.changes.map((change) => (
              <Row
                key={`${change.scope}/${change.node}/${change.kind}/${change.input}`}
                at={change}
                what={change.input === '' ? wordsOfKind(change) : change.input}
                values={[wordsOfSide(change, change.a), wordsOfSide(change, change.b)]}
                onJump={() => void jump(compared.to, change)}
              />
            ))}
          </tbody>
        </table>
      )}
      {diff !== null && diff.looks > 0 && (
        <p className={css['note']}>{t('versions.moved', { count: diff.looks })}</p>
      )}
    </>
  );
}

interface RowProps {
  readonly at: NodeAt;
  readonly what: string;
  readonly values?: readonly [string, string];
  readonly onJump: () => void;
}

function Row({ at, what, values, onJump }: RowProps) {
  const name = `${at.title} #${at.node}`;
  return (
    <tr>
      <th scope="row">
        <Button size="small" kind="quiet" aria-label={t('versions.jump', { name })} onClick={onJump}>
          {name}
        </Button>
        <small>{what}</small>
      </th>
      <td>{values?.[0] ?? ''}</td>
      <td>{values?.[1] ?? ''}</td>
    </tr>
  );
}

function wordsOfKind({ kind }: DocChange): string {
  return kind === 'title' || kind === 'mode' || kind === 'type' ? t(`versions.title.${kind}`) : '';
}

function wordsOfSide({ kind }: DocChange, value: string | null): string {
  if (kind === 'mode' && (value === '0' || value === '2' || value === '4'))
    return t(`versions.mode.${value}`);
  return value ?? '–';
}

// What two runs had different: inputs, nodes, models and versions, and how long each node took.

import { useEffect, useState } from 'react';
import type { FullRecord } from '../../api/assets';
import { wordsOf } from '../../api/client';
import { readJob } from '../../api/jobs';
import type { JobView } from '../../api/types';
import {
  type RunDiff as Diff,
  diffPrompts,
  diffTimings,
  type NodeRef,
  type Timing,
  wordsOfValue,
} from '../../core/diff';
import type { Json } from '../../core/json';
import { seconds } from '../../core/words';
import { t } from '../../i18n/t';
import type { Pair } from '../../stores/compare';
import type { Picture } from '../../stores/pictures';
import { Spinner } from '../../ui/Spinner';
import { workflowOf } from '../gallery/api';
import css from './Compare.module.css';
import { recordDiff } from './record';

interface Known {
  readonly diff: Diff;
  /** Null for a picture that no run of the history made. */
  readonly a: JobView | null;
  readonly b: JobView | null;
}

const jobOf = async ({ asset }: Picture) => (asset === null ? null : readJob(asset.job_id));

export function RunDiff({ pair }: { readonly pair: Pair }) {
  const [known, setKnown] = useState<Known | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let isCurrent = true;
    Promise.all([workflowOf(pair.a), workflowOf(pair.b), jobOf(pair.a), jobOf(pair.b)])
      .then(([one, other, a, b]) => {
        if (isCurrent) setKnown({ diff: diffPrompts(one.prompt, other.prompt), a, b });
      })
      .catch((thrown: unknown) => {
        if (isCurrent) setError(wordsOf(thrown));
      });
    return () => {
      isCurrent = false;
    };
  }, [pair]);
  return (
    <aside className={css['aside']} aria-label={t('compare.runs')}>
      {error !== '' && <p className={css['error']}>{error}</p>}
      {known === null && error === '' && <Spinner label={t('app.loading')} />}
      {known !== null && known.a !== null && known.a.id === known.b?.id && <p>{t('compare.oneRun')}</p>}
      {known !== null && (
        <>
          <Changes diff={known.diff} a={known.a} b={known.b} />
          {known.a !== null && known.b !== null && <Timings a={known.a} b={known.b} />}
        </>
      )}
    </aside>
  );
}

function Changes({ diff, a, b }: Known) {
  const { changes, added, removed } = diff;
  const others = recordDiff(
    (a?.record ?? null) as FullRecord | null,
    (b?.record ?? null) as FullRecord | null,
  );
  const isSame = changes.length + added.length + removed.length === 0;
  return (
    <section>
      <h3 className={css['title']}>{t('compare.changed')}</h3>
      {isSame && <p>{t('compare.noChange')}</p>}
      {changes.length > 0 && (
        <table className={css['table']}>
          <Head first={t('compare.input')} />
          <tbody>
            {changes.map((change) => (
              <tr key={`${change.node}.${change.input}`}>
                <th scope="row">
                  {change.input}
                  <small>{nameOf(change)}</small>
                </th>
                <Value value={change.a} />
                <Value value={change.b} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Nodes label={t('compare.onlyA')} nodes={removed} />
      <Nodes label={t('compare.onlyB')} nodes={added} />
      {others.length > 0 && (
        <table className={css['table']}>
          <Head first={t('compare.around')} />
          <tbody>
            {others.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <Value value={row.a} />
                <Value value={row.b} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Timings({ a, b }: { readonly a: JobView; readonly b: JobView }) {
  const rows = diffTimings(timingsOf(a), timingsOf(b));
  const words = (timing: (typeof rows)[number]['a']) =>
    timing === null ? '–' : timing.cached ? t('compare.cached') : seconds(timing.seconds);
  return (
    <section>
      <h3 className={css['title']}>{t('compare.times')}</h3>
      <table className={css['table']}>
        <Head first={t('compare.node')} />
        <tbody>
          <tr className={css['sum']}>
            <th scope="row">{t('compare.whole')}</th>
            <td>{a.seconds === null ? '–' : seconds(a.seconds)}</td>
            <td>{b.seconds === null ? '–' : seconds(b.seconds)}</td>
          </tr>
          {rows.map((row) => (
            <tr key={row.node}>
              <th scope="row">
                {row.type}
                <small>{`#${row.node}`}</small>
              </th>
              <td>{words(row.a)}</td>
              <td>{words(row.b)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** With nodes that did not have to run. */
function timingsOf({ nodes, cached }: JobView): Record<string, Timing> {
  const kept = cached.map((id): [string, Timing] => [id, { node_type: '', seconds: 0, cached: true }]);
  return { ...Object.fromEntries(kept), ...nodes };
}

function Head({ first }: { readonly first: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col">A</th>
        <th scope="col">B</th>
      </tr>
    </thead>
  );
}

function Value({ value }: { readonly value: Json | undefined }) {
  const words = wordsOfValue(value);
  return <td title={words}>{words === '' ? t('compare.nothing') : words}</td>;
}

function Nodes({ label, nodes }: { readonly label: string; readonly nodes: readonly NodeRef[] }) {
  if (nodes.length === 0) return null;
  return (
    <p className={css['nodes']}>
      <b>{label}</b> {nodes.map(nameOf).join(', ')}
    </p>
  );
}

function nameOf({ title, node }: NodeRef): string {
  return `${title} #${node}`;
}

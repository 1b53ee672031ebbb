// What two runs had different: inputs, nodes, models and versions, and how long each node took.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { FullRecord } from '../../api/assets';
import { wordsOf } from '../../api/client';
import { readJob } from '../../api/jobs';
import type { JobView } from '../../api/types';
import type { Catalog } from '../../core/catalog';
import { colourOf, isColour } from '../../core/colour';
import {
  type RunDiff as Diff,
  diffPrompts,
  diffTimings,
  type NodeRef,
  readNode,
  type Timing,
  wordsOfValue,
} from '../../core/diff';
import type { Json, JsonObject } from '../../core/json';
import { seconds } from '../../core/words';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import type { Pair } from '../../stores/compare';
import type { Picture } from '../../stores/pictures';
import { Spinner } from '../../ui/Spinner';
import { Swatch } from '../../ui/Swatch';
import { workflowOf } from '../gallery/api';
import css from './Compare.module.css';
import { recordDiff } from './record';

interface Known {
  readonly diff: Diff;
  /** In API format. */
  readonly prompts: readonly JsonObject[];
  /** Null for a picture that no run of the history made. */
  readonly a: JobView | null;
  readonly b: JobView | null;
}

const jobOf = async ({ asset }: Picture) => (asset === null ? null : readJob(asset.job_id));

export function RunDiff({ pair }: { readonly pair: Pair }) {
  const [known, setKnown] = useState<Known | null>(null);
  const [error, setError] = useState('');
  const types = useStore(catalog, (state) => state.types);
  useEffect(() => {
    let isCurrent = true;
    Promise.all([workflowOf(pair.a), workflowOf(pair.b), jobOf(pair.a), jobOf(pair.b)])
      .then(([one, other, a, b]) => {
        if (isCurrent)
          setKnown({
            diff: diffPrompts(one.prompt, other.prompt),
            prompts: [other.prompt, one.prompt],
            a,
            b,
          });
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
          <Changes {...known} types={types} />
          {known.a !== null && known.b !== null && (
            <Timings a={known.a} b={known.b} prompts={known.prompts} types={types} />
          )}
        </>
      )}
    </aside>
  );
}

function Changes({ diff, a, b, types }: Known & { readonly types: Catalog }) {
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
                  <small>{nameOf(change, types)}</small>
                </th>
                <Value value={change.a} isColour={holdsColour(change, types)} />
                <Value value={change.b} isColour={holdsColour(change, types)} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Nodes label={t('compare.onlyA')} nodes={removed} types={types} />
      <Nodes label={t('compare.onlyB')} nodes={added} types={types} />
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

interface TimingsProps {
  readonly a: JobView;
  readonly b: JobView;
  readonly prompts: readonly JsonObject[];
  readonly types: Catalog;
}

function Timings({ a, b, prompts, types }: TimingsProps) {
  const rows = diffTimings(timingsOf(a), timingsOf(b));
  const words = (timing: (typeof rows)[number]['a']) =>
    timing === null ? '–' : timing.cached ? t('compare.cached') : seconds(timing.seconds);
  /** What a node of a workflow made itself, as its own part of it, has only a type. */
  const titleOf = (id: string, type: string) => {
    const [ref] = prompts.flatMap((prompt) => readNode(prompt, id)?.ref ?? []);
    return titleFor(ref ?? { title: '', type }, types);
  };
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
                {titleOf(row.node, row.type)}
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

interface ValueProps {
  readonly value: Json | undefined;
  readonly isColour?: boolean;
}

function Value({ value, isColour = false }: ValueProps) {
  const words = wordsOfValue(value);
  const colour = isColour && value !== undefined ? colourOf(value) : null;
  return (
    <td title={words}>
      {colour !== null ? <Swatch colour={colour} /> : words === '' ? t('compare.nothing') : words}
    </td>
  );
}

function holdsColour({ type, input }: Diff['changes'][number], types: Catalog): boolean {
  const declared = types.get(type)?.inputs.find(({ name }) => name === input);
  return declared !== undefined && isColour(declared);
}

interface NodesProps {
  readonly label: string;
  readonly nodes: readonly NodeRef[];
  readonly types: Catalog;
}

function Nodes({ label, nodes, types }: NodesProps) {
  if (nodes.length === 0) return null;
  return (
    <p className={css['nodes']}>
      <b>{label}</b> {nodes.map((node) => nameOf(node, types)).join(', ')}
    </p>
  );
}

function nameOf(ref: NodeRef, types: Catalog): string {
  return `${titleFor(ref, types)} #${ref.node}`;
}

/** Its own title, or else what nodes of its type are called. */
function titleFor({ title, type }: Pick<NodeRef, 'title' | 'type'>, types: Catalog): string {
  return title !== '' && title !== type ? title : (types.get(type)?.display_name ?? type);
}

// What a picture is made of: its texts, seeds and models, when and how long, and where it comes from.

import { type ReactNode, useEffect, useState } from 'react';
import { type AssetDetails, type FullRecord, fileUrl, readAsset } from '../../api/assets';
import { wordsOf } from '../../api/client';
import { readJob } from '../../api/jobs';
import type { AssetView } from '../../api/types';
import { wordsOfValue } from '../../core/diff';
import { factsOf } from '../../core/facts';
import { t } from '../../i18n/t';
import { openCompare } from '../../stores/compare';
import { closeLightbox, openLightbox } from '../../stores/lightbox';
import { activeTab } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { seconds } from '../run/api';
import {
  attempt,
  loadItsValues,
  openItsWorkflow,
  resolveAsset,
  runExactly,
  runWithOtherSeed,
  takeAsInput,
} from './actions';
import css from './Details.module.css';
import { Thumb } from './Thumb';

interface DetailsProps {
  readonly asset: AssetView;
  /** The one before it, to compare with. */
  readonly previous: AssetView | null;
}

interface Known {
  readonly details: AssetDetails;
  readonly record: FullRecord | null;
}

export function Details({ asset, previous }: DetailsProps) {
  const [known, setKnown] = useState<Known | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let isCurrent = true;
    void (async () => {
      try {
        const { id, job_id } = await resolveAsset(asset);
        const [details, job] = await Promise.all([readAsset(id), readJob(job_id)]);
        if (isCurrent) setKnown({ details, record: job.record });
      } catch (thrown) {
        if (isCurrent) setError(wordsOf(thrown));
      }
    })();
    return () => {
      isCurrent = false;
    };
  }, [asset]);
  return (
    <aside className={css['details']} aria-label={t('gallery.details')}>
      <Actions asset={asset} previous={previous} />
      {error !== '' && <p className={css['error']}>{error}</p>}
      {known === null && error === '' && <Spinner label={t('app.loading')} />}
      {known !== null && <Facts {...known} />}
    </aside>
  );
}

function Actions({ asset, previous }: DetailsProps) {
  const leave = (act: () => unknown) => () => {
    closeLightbox();
    void act();
  };
  const hasTab = activeTab() !== null;
  return (
    <div className={css['actions']}>
      <Button size="small" icon="workflow" onClick={leave(() => openItsWorkflow(asset))}>
        {t('gallery.openWorkflow')}
      </Button>
      <Button size="small" icon="arrowDown" disabled={!hasTab} onClick={leave(() => loadItsValues(asset))}>
        {t('gallery.loadValues')}
      </Button>
      <Button size="small" icon="image" disabled={!hasTab} onClick={leave(() => takeAsInput(asset))}>
        {t('gallery.asInput')}
      </Button>
      <Button size="small" icon="refresh" onClick={() => void runExactly(asset)}>
        {t('gallery.runExactly')}
      </Button>
      <Button size="small" icon="dice" onClick={() => void runWithOtherSeed(asset.job_id)}>
        {t('gallery.runOther')}
      </Button>
      {previous !== null && (
        <Button
          size="small"
          icon="compare"
          onClick={leave(() => attempt(async () => openCompare(await resolveAsset(asset), previous)))}
        >
          {t('gallery.comparePrevious')}
        </Button>
      )}
    </div>
  );
}

function Facts({ details, record }: Known) {
  const { prompts, models, sampling } = factsOf(details.upstream);
  const seeds = Object.entries(details.seeds);
  const { job } = details;
  const hashes = new Map((record?.models ?? []).map((model) => [model.name, model.sha256]));
  return (
    <>
      {prompts.map(({ node, role, text }) => (
        <Part key={node + text} title={t(`gallery.role.${role}`)}>
          <p className={css['text']}>{text}</p>
        </Part>
      ))}
      <Part title={t('gallery.how')}>
        <dl className={css['facts']}>
          {seeds.map(([path, seed]) => (
            <Fact key={path} name={path.slice(path.lastIndexOf('.') + 1)} value={String(seed)} hint={path} />
          ))}
          {sampling.map(({ node, name, value }) => (
            <Fact key={`${node}.${name}`} name={name} value={wordsOfValue(value)} hint={node} />
          ))}
          {models.map(({ node, name, value }) => (
            <Fact
              key={`${node}.${name}`}
              name={name}
              value={wordsOfValue(value)}
              hint={hashes.get(wordsOfValue(value)) ?? node}
            />
          ))}
        </dl>
      </Part>
      <Part title={t('gallery.file')}>
        <dl className={css['facts']}>
          <PictureSize asset={details} />
          <Fact name={t('gallery.made')} value={new Date(details.created_at * 1000).toLocaleString()} />
          {job.seconds !== null && <Fact name={t('gallery.took')} value={seconds(job.seconds)} />}
          {record !== null && (
            <Fact
              name={t('gallery.device')}
              value={`${record.device}, ${record.dtype}`}
              hint={record.platform}
            />
          )}
          <Fact
            name={t('gallery.from')}
            value={`${details.upstream[details.node_id]?.title || (details.upstream[details.node_id]?.node_type ?? '')} #${details.node_id}`}
          />
          <Fact name={t('gallery.run')} value={job.id.slice(0, 8)} hint={job.id} />
          {!details.exists && <Fact name="" value={t('gallery.gone')} />}
        </dl>
      </Part>
      <Lineage details={details} />
      <Part title={t('gallery.nodes', { count: Object.keys(details.upstream).length })}>
        {Object.entries(details.upstream).map(([id, node]) => (
          <details key={id} className={css['node']}>
            <summary>{`${node.title || node.node_type} #${id}`}</summary>
            <dl className={css['facts']}>
              {Object.entries(node.values).map(([name, value]) => (
                <Fact key={name} name={name} value={wordsOfValue(value)} />
              ))}
              {Object.entries(node.links).map(([name, [from, output]]) => (
                <Fact key={name} name={name} value={wordsOfValue([from, output])} />
              ))}
            </dl>
          </details>
        ))}
      </Part>
    </>
  );
}

/** Pictures that went in; each leads to what it is made of itself. */
function Lineage({ details }: { readonly details: AssetDetails }) {
  if (details.parents.length === 0) return null;
  return (
    <Part title={t('gallery.parents')}>
      <ul className={css['parents']}>
        {details.parents.map(({ node_id, input_name, asset }) => (
          <li key={`${node_id}.${input_name}`}>
            <button
              type="button"
              className={css['parent']}
              aria-label={asset.filename}
              title={`${asset.filename} → ${details.upstream[node_id]?.node_type ?? ''} #${node_id}`}
              onClick={() => openLightbox([asset, details], 0)}
            >
              <Thumb asset={asset} />
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function PictureSize({ asset }: { readonly asset: AssetView }) {
  const [size, setSize] = useState('');
  useEffect(() => {
    const picture = new Image();
    picture.onload = () => setSize(`${picture.naturalWidth} × ${picture.naturalHeight}`);
    picture.src = fileUrl(asset);
    return () => {
      picture.onload = null;
    };
  }, [asset]);
  return size === '' ? null : <Fact name={t('gallery.size')} value={size} />;
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className={css['title']}>{title}</h3>
      {children}
    </section>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly hint?: string;
}

function Fact({ name, value, hint }: FactProps) {
  return (
    <div className={css['fact']} title={hint}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

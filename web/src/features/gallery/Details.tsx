// What a picture is made of: its texts, seeds and models, when and how long, and where it comes from.

import { type ReactNode, useEffect, useRef } from 'react';
import type { AssetDetails, FullRecord } from '../../api/assets';
import type { GalleryDetails } from '../../api/gallery';
import { wordsOfValue } from '../../core/diff';
import { factsOf } from '../../core/facts';
import { seconds, sizeInWords, when } from '../../core/words';
import { t } from '../../i18n/t';
import { closeLightbox } from '../../stores/lightbox';
import type { Picture } from '../../stores/pictures';
import { activeTab } from '../../stores/tabs';
import { Button, IconButton } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import {
  comparePictures,
  loadItsValues,
  openItsWorkflow,
  runExactly,
  runPictureWithOtherSeed,
  takeAsInput,
} from './actions';
import css from './Details.module.css';
import { type Known, useKnown } from './known';
import { LineageTree } from './LineageTree';
import { askTags, mark } from './marks';

interface DetailsProps {
  readonly picture: Picture;
  /** The one before it, to compare with. */
  readonly previous: Picture | null;
  readonly showsLineage: boolean;
}

export function Details({ picture, previous, showsLineage }: DetailsProps) {
  const { value: known, error } = useKnown(picture);
  const lineage = useRef<HTMLDivElement>(null);
  const isKnown = known !== null;
  useEffect(() => {
    if (showsLineage && isKnown) lineage.current?.scrollIntoView({ block: 'start' });
  }, [showsLineage, isKnown]);
  return (
    <aside className={css['details']} aria-label={t('gallery.details')}>
      <Actions picture={picture} previous={previous} />
      {error !== '' && <p className={css['error']}>{error}</p>}
      {known === null && error === '' && <Spinner label={t('app.loading')} />}
      {known !== null && <Tags tags={picture.item?.tags ?? known.item?.tags ?? []} id={known.item?.id} />}
      {known !== null &&
        (known.asset !== null ? (
          <RunFacts details={known.asset} />
        ) : (
          known.item !== null && <OwnFacts item={known.item} />
        ))}
      {known !== null && <FileFacts {...known} />}
      <div ref={lineage}>
        <LineageTree picture={picture} />
      </div>
      {known?.asset != null && <Upstream details={known.asset} />}
    </aside>
  );
}

function Actions({ picture, previous }: Omit<DetailsProps, 'showsLineage'>) {
  const leave = (act: () => unknown) => () => {
    closeLightbox();
    void act();
  };
  const hasTab = activeTab() !== null;
  return (
    <div className={css['actions']}>
      <Button size="small" icon="workflow" onClick={leave(() => openItsWorkflow(picture))}>
        {t('gallery.openWorkflow')}
      </Button>
      <Button size="small" icon="arrowDown" disabled={!hasTab} onClick={leave(() => loadItsValues(picture))}>
        {t('gallery.loadValues')}
      </Button>
      <Button size="small" icon="image" disabled={!hasTab} onClick={leave(() => takeAsInput(picture))}>
        {t('gallery.asInput')}
      </Button>
      <Button size="small" icon="refresh" onClick={() => void runExactly(picture)}>
        {t('gallery.runExactly')}
      </Button>
      <Button size="small" icon="dice" onClick={() => void runPictureWithOtherSeed(picture)}>
        {t('gallery.runOther')}
      </Button>
      {previous !== null && (
        <Button size="small" icon="compare" onClick={leave(() => comparePictures(picture, previous))}>
          {t('gallery.comparePrevious')}
        </Button>
      )}
    </div>
  );
}

function Tags({ tags, id }: { readonly tags: readonly string[]; readonly id: number | undefined }) {
  if (id === undefined) return null;
  return (
    <Part title={t('gallery.tags')}>
      <ul className={css['tags']}>
        {tags.map((tag) => (
          <li key={tag} className={css['tag']}>
            {tag}
            <IconButton
              icon="close"
              size="small"
              label={t('gallery.untag', { tag })}
              onClick={() => void mark([id], { remove_tags: [tag] })}
            />
          </li>
        ))}
        <li>
          <Button size="small" icon="plus" onClick={() => void askTags([id])}>
            {t('gallery.tag')}
          </Button>
        </li>
      </ul>
    </Part>
  );
}

/** What its run says. */
function RunFacts({ details }: { readonly details: AssetDetails }) {
  const { prompts, models, sampling } = factsOf(details.upstream);
  const seeds = Object.entries(details.seeds);
  return (
    <>
      {prompts.map(({ node, role, text }) => (
        <Words key={node + text} title={t(`gallery.role.${role}`)} text={text} />
      ))}
      {seeds.length + sampling.length + models.length > 0 && (
        <Part title={t('gallery.how')}>
          <dl className={css['facts']}>
            {seeds.map(([path, seed]) => (
              <Fact
                key={path}
                name={path.slice(path.lastIndexOf('.') + 1)}
                value={String(seed)}
                hint={path}
              />
            ))}
            {[...sampling, ...models].map(({ node, name, value }) => (
              <Fact key={`${node}.${name}`} name={name} value={wordsOfValue(value)} hint={node} />
            ))}
          </dl>
        </Part>
      )}
    </>
  );
}

/** What the file says itself, where no run of the history made it. */
function OwnFacts({ item }: { readonly item: GalleryDetails }) {
  const rows: (readonly [string, readonly string[]])[] = [
    ['seed', item.seeds],
    ...Object.entries(item.settings),
    ['model', item.models],
  ];
  const told = rows.filter(([, values]) => values.length > 0);
  return (
    <>
      {item.prompt !== '' && <Words title={t('gallery.role.positive')} text={item.prompt} />}
      {item.negative !== '' && <Words title={t('gallery.role.negative')} text={item.negative} />}
      {told.length > 0 && (
        <Part title={t('gallery.how')}>
          <dl className={css['facts']}>
            {told.map(([name, values]) => (
              <Fact key={name} name={name} value={values.join(', ')} />
            ))}
          </dl>
        </Part>
      )}
      {told.length === 0 && item.prompt === '' && <p className={css['note']}>{t('gallery.nothingTold')}</p>}
    </>
  );
}

function FileFacts({ item, asset, record }: Known) {
  // A job tells when it had ended; whatever happened to the file since happened later.
  const times = [asset?.created_at, item?.modified].filter((time) => time !== undefined);
  const at = times.length === 0 ? undefined : Math.min(...times);
  const from = asset === null ? undefined : asset.upstream[asset.node_id];
  return (
    <Part title={t('gallery.file')}>
      <dl className={css['facts']}>
        {item?.width != null && item.height != null && (
          <Fact name={t('gallery.size')} value={`${item.width} × ${item.height}`} />
        )}
        {item !== null && <Fact name={t('gallery.bytes')} value={sizeInWords(item.size)} />}
        {item !== null && item.folder !== '' && <Fact name={t('gallery.folder')} value={item.folder} />}
        {at !== undefined && <Fact name={t('gallery.made')} value={when(at)} />}
        {asset?.job.seconds != null && <Fact name={t('gallery.took')} value={seconds(asset.job.seconds)} />}
        {record !== null && (
          <Fact
            name={t('gallery.device')}
            value={`${record.device}, ${record.dtype}`}
            hint={record.platform}
          />
        )}
        {record !== null && <Models record={record} />}
        {asset !== null && (
          <>
            <Fact
              name={t('gallery.from')}
              value={`${from?.title || (from?.node_type ?? '')} #${asset.node_id}`}
            />
            <Fact name={t('gallery.run')} value={asset.job.id.slice(0, 8)} hint={asset.job.id} />
            {!asset.exists && <Fact name="" value={t('gallery.gone')} />}
          </>
        )}
      </dl>
    </Part>
  );
}

function Models({ record }: { readonly record: FullRecord }) {
  return (record.models ?? []).map(({ name, sha256, size_bytes }) => (
    <Fact
      key={name}
      name={name}
      value={`${sizeInWords(size_bytes)} · ${sha256.slice(0, 10)}`}
      hint={sha256}
    />
  ));
}

function Upstream({ details }: { readonly details: AssetDetails }) {
  return (
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
  );
}

function Words({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Part title={title}>
      <p className={css['text']}>{text}</p>
    </Part>
  );
}

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
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

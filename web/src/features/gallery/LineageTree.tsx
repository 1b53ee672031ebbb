// Where a picture comes from, as a tree that is opened step by step: the picture, its run, the workflow file that ran,
// the pictures that went in, each again with its own; and the pictures that it went into.

import { useState } from 'react';
import type { Lineage, LineageFile } from '../../api/gallery';
import { openJobWorkflow } from '../../app/open';
import { seconds, when } from '../../core/words';
import { t } from '../../i18n/t';
import { closeLightbox, openLightbox } from '../../stores/lightbox';
import { type Picture, pictureOfFile, pictureOfItem } from '../../stores/pictures';
import { classes } from '../../ui/classes';
import { Icon, type IconName } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { attempt } from './attempt';
import { useLineage } from './known';
import css from './Lineage.module.css';
import { showMenuOf } from './menu';
import { Thumb } from './Thumb';
import { openVersion } from './version';

export function LineageTree({ picture }: { readonly picture: Picture }) {
  return (
    <section aria-label={t('gallery.lineage')}>
      <h3 className={css['title']}>{t('gallery.lineage')}</h3>
      <Origins picture={picture} depth={0} trail={[picture.key]} />
    </section>
  );
}

interface OriginsProps {
  readonly picture: Picture;
  readonly depth: number;
  /** Keys of what it is shown below: a picture may have gone into itself. */
  readonly trail: readonly string[];
}

/** What a picture comes from; at the top also what came of it. */
function Origins({ picture, depth, trail }: OriginsProps) {
  const { value, error } = useLineage(picture);
  if (error !== '') return <p className={css['none']}>{error}</p>;
  if (value === null) return <Spinner label={t('app.loading')} />;
  const { run, workflow, parents, children } = value;
  // Below the top only what it comes from is told.
  const isAlone = run === null && parents.length === 0 && (depth > 0 || children.length === 0);
  return (
    <>
      {isAlone && <p className={css['none']}>{t('gallery.noLineage')}</p>}
      <ul className={css['list']}>
        {run !== null && <Run run={run} name={picture.filename} />}
        {workflow !== null && <Version workflow={workflow} />}
        {parents.map(({ node_id, node_type, input_name, file }) => (
          <Branch
            key={`${node_id}.${input_name}`}
            file={file}
            note={t('gallery.wentIn', { node: `${node_type} #${node_id}`, input: input_name })}
            depth={depth}
            trail={trail}
          />
        ))}
      </ul>
      {depth === 0 && children.length > 0 && (
        <details open>
          <summary className={css['summary']}>
            {t('gallery.children', { count: value.children_total })}
          </summary>
          <ul className={css['grid']}>
            {children.map((item, index) => (
              <li key={item.id}>
                <PictureButton
                  picture={pictureOfItem(item)}
                  list={children.map((each) => pictureOfItem(each))}
                  at={index}
                  isSmall
                />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Run({ run, name }: { readonly run: NonNullable<Lineage['run']>; readonly name: string }) {
  const at = when(run.finished_at ?? run.created_at);
  const took = run.seconds === null ? '' : ` · ${seconds(run.seconds)}`;
  return (
    <Entry
      icon="play"
      title={t('gallery.runOf', { id: run.id.slice(0, 8) })}
      note={`${at}${took}`}
      hint={t('gallery.openRun')}
      onClick={() => {
        closeLightbox();
        void attempt(() => openJobWorkflow(run.id, name.replace(/_?\d*_?\.[^.]+$/, '') || name));
      }}
    />
  );
}

function Version({ workflow }: { readonly workflow: NonNullable<Lineage['workflow']> }) {
  const { name, version, is_newest, changes } = workflow;
  const saved = version === null ? '' : when(version.saved_at);
  const notes = [
    version === null
      ? t('gallery.versionGone')
      : version.label !== ''
        ? `${version.label} · ${saved}`
        : saved,
    is_newest ? t('gallery.versionNewest') : '',
    changes === null || changes.text === '' ? '' : t('gallery.versionChanged', { changes: changes.text }),
  ];
  return (
    <Entry
      icon="history"
      title={name.replace(/\.json$/i, '')}
      note={notes.filter((note) => note !== '').join(' · ')}
      hint={t('gallery.openVersion')}
      onClick={() => {
        closeLightbox();
        void attempt(() => openVersion(workflow));
      }}
    />
  );
}

interface EntryProps {
  readonly icon: IconName;
  readonly title: string;
  readonly note: string;
  readonly hint: string;
  readonly onClick: () => void;
}

function Entry({ icon, title, note, hint, onClick }: EntryProps) {
  return (
    <li>
      <button type="button" className={css['entry']} title={hint} onClick={onClick}>
        <span className={css['sign']}>
          <Icon name={icon} />
        </span>
        <span className={css['words']}>
          <span className={css['name']}>{title}</span>
          <span className={css['note']}>{note}</span>
        </span>
      </button>
    </li>
  );
}

interface BranchProps extends Omit<OriginsProps, 'picture'> {
  readonly file: LineageFile;
  readonly note: string;
}

/** A picture that went in, and, once it is opened, what that comes from. */
function Branch({ file, note, depth, trail }: BranchProps) {
  const [isOpen, setOpen] = useState(false);
  const picture = pictureOfFile(file);
  const canOpen = !trail.includes(picture.key);
  return (
    <li>
      <div className={css['branch']}>
        <PictureButton picture={picture} note={note} isGone={!file.exists} />
        {canOpen && (
          <button
            type="button"
            className={classes(css['toggle'], isOpen && css['open'])}
            aria-expanded={isOpen}
            aria-label={t('gallery.comesFrom', { name: file.filename })}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="chevronRight" size={14} />
          </button>
        )}
      </div>
      {isOpen && (
        <div className={css['below']}>
          <Origins picture={picture} depth={depth + 1} trail={[...trail, picture.key]} />
        </div>
      )}
    </li>
  );
}

interface PictureButtonProps {
  readonly picture: Picture;
  readonly note?: string;
  readonly isGone?: boolean;
  /** What one can go on to from it, and where it stands there. */
  readonly list?: readonly Picture[];
  readonly at?: number;
  readonly isSmall?: boolean;
}

function PictureButton(props: PictureButtonProps) {
  const { picture, note, isGone = false, list = [picture], at = 0, isSmall = false } = props;
  const { filename } = picture;
  return (
    <button
      type="button"
      className={isSmall ? css['small'] : css['entry']}
      aria-label={filename}
      title={isGone ? `${filename}: ${t('gallery.gone')}` : filename}
      onClick={() => openLightbox(list, at)}
      onContextMenu={(event) => {
        event.preventDefault();
        showMenuOf({ x: event.clientX, y: event.clientY }, picture);
      }}
    >
      <span className={css['picture']}>
        <Thumb picture={picture} />
      </span>
      {!isSmall && (
        <span className={css['words']}>
          <span className={css['name']}>{filename}</span>
          <span className={css['note']}>{note}</span>
        </span>
      )}
    </button>
  );
}

// One model file that is not there: where it belongs, who names it, where it can be had, and what could stand in for it.

import { copyText } from '../../app/clipboard';
import { focusField } from '../../app/fields';
import { jumpTo } from '../../app/scopes';
import type { MissingFile, Spot } from '../../core/missing';
import { t } from '../../i18n/t';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Menu } from '../../ui/Menu';
import css from './Missing.module.css';
import { INPUT, takeFile } from './missing';

const MOST_SPOTS = 6;

export function FileRow({ file }: { readonly file: MissingFile }) {
  const { name, folder, spots, url, sha256, nearest, because, isTaken } = file;
  const usable = spots.filter((spot) => spot.widget !== '');
  const [best, ...others] = nearest;
  const labelFor = (choice: string) =>
    usable.length > 1
      ? t('missing.useAll', { name: choice, count: usable.length })
      : t('missing.use', { name: choice });
  return (
    <li className={css['thing']}>
      <Icon name="box" size={14} />
      <div className={css['body']}>
        <p className={css['head']}>
          <span className={css['name']}>{name}</span>
          <span className={css['where']}>
            {folder === '' ? t('missing.noFolder') : t('missing.folder', { folder: placeOf(folder, name) })}
          </span>
        </p>
        {spots.length === 0 && <p className={css['where']}>{t('missing.onlyNamed')}</p>}
        <Spots spots={spots} use={best !== undefined && usable.length > 1 ? best : null} />
        <div className={css['acts']}>
          {best !== undefined && usable.length > 0 && (
            <>
              <Button size="small" icon="check" onClick={() => takeFile(usable, best)}>
                {labelFor(best)}
              </Button>
              {because !== null && (
                <span className={css['where']}>
                  {t(isTaken ? 'missing.taken' : `missing.because.${because}`)}
                </span>
              )}
              {others.length > 0 && (
                <Menu
                  items={others.map((other) => ({
                    id: other,
                    label: labelFor(other),
                    onSelect: () => takeFile(usable, other),
                  }))}
                >
                  <IconButton icon="chevronDown" size="small" label={t('missing.others')} />
                </Menu>
              )}
            </>
          )}
          {best !== undefined && usable.length === 0 && (
            <span className={css['where']}>
              {t('missing.there', { name: best })}
              {because !== null && ` (${t(`missing.because.${because}`)})`}
            </span>
          )}
          {best === undefined && usable.length > 0 && (
            <span className={css['where']}>{t('missing.noneNear')}</span>
          )}
        </div>
        {(url !== '' || sha256 !== '') && (
          <p className={css['source']}>
            {url !== '' && (
              <>
                <a href={url} target="_blank" rel="noopener noreferrer external">
                  {t('missing.download', { host: hostOf(url) })}
                </a>
                <IconButton
                  icon="copy"
                  size="small"
                  label={t('missing.copyUrl')}
                  onClick={() => void copyText(url)}
                />
              </>
            )}
            {sha256 !== '' && (
              <>
                <span title={sha256}>{t('missing.hash', { hash: `${sha256.slice(0, 10)}…` })}</span>
                <IconButton
                  icon="copy"
                  size="small"
                  label={t('missing.copyHash')}
                  onClick={() => void copyText(sha256)}
                />
              </>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

interface SpotsProps {
  readonly spots: readonly Spot[];
  /** What each place could use by itself; null if that is offered for all of them. */
  readonly use: string | null;
}

/** The places, each a way there. */
export function Spots({ spots, use }: SpotsProps) {
  return (
    <ul className={css['spots']}>
      {spots.slice(0, MOST_SPOTS).map((spot) => (
        <li key={`${spot.scope}/${spot.node}/${spot.widget}`}>
          <button
            type="button"
            className={css['spot']}
            title={t('missing.goTo', { title: spot.title, node: spot.node })}
            onClick={() => goToSpot(spot)}
          >
            {spot.label === '' ? spot.title : t('missing.spot', { title: spot.title, input: spot.label })}{' '}
            <small>#{spot.node}</small>
          </button>
          {use !== null && spot.widget !== '' && (
            <IconButton
              icon="check"
              size="small"
              label={t('missing.useHere', { name: use })}
              onClick={() => takeFile([spot], use)}
            />
          )}
        </li>
      ))}
      {spots.length > MOST_SPOTS && (
        <li className={css['where']}>{t('missing.moreSpots', { count: spots.length - MOST_SPOTS })}</li>
      )}
    </ul>
  );
}

export function goToSpot({ scope, node, widget }: Spot): void {
  jumpTo(scope, node);
  if (widget !== '') focusField(node, widget);
}

/** A name may say in which folder below that of its kind the file stands. */
function placeOf(folder: string, name: string): string {
  return [...(folder === INPUT ? [] : ['models']), folder, ...name.split(/[\\/]/).slice(0, -1)].join('/');
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url.slice(0, 60);
  }
}

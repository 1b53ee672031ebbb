// One node type that is not there: which pack it comes from, where it is used, and what could take its place.

import { useStore } from 'zustand';
import type { MissingType } from '../../core/missing';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Menu } from '../../ui/Menu';
import { Spots } from './Files';
import css from './Missing.module.css';
import { replaceAll, searchReplacement } from './missing';

const CORE = 'comfy-core';

export function TypeRow({ missing }: { readonly missing: MissingType }) {
  const { type, spots, nearest, repository } = missing;
  const types = useStore(catalog, (state) => state.types);
  const alike = nearest.flatMap((name) => {
    const known = types.get(name);
    return known === undefined ? [] : [known];
  });
  return (
    <li className={css['thing']}>
      <Icon name="node" size={14} />
      <div className={css['body']}>
        <p className={css['head']}>
          <span className={css['name']}>{type}</span>
          <span className={css['where']}>
            {t('missing.nodes', { count: spots.length })} · {sourceOf(missing)}
            {repository !== '' && ` (${repository})`}
          </span>
        </p>
        <Spots spots={spots} use={null} />
        <div className={css['acts']}>
          <Menu
            items={[
              ...alike.map((known) => ({
                id: known.type,
                label: t('missing.replaceWith', { name: known.display_name }),
                onSelect: () => replaceAll(missing, known.type),
              })),
              ...(alike.length > 0 ? [{ kind: 'separator' as const, id: 'line' }] : []),
              { id: 'search', label: t('missing.search'), onSelect: () => searchReplacement(missing) },
            ]}
          >
            <Button size="small" icon="refresh">
              {t('missing.replace')}
            </Button>
          </Menu>
        </div>
      </div>
    </li>
  );
}

function sourceOf({ pack, repository, version }: MissingType): string {
  if (pack === CORE) return t('missing.core');
  if (pack !== '')
    return version === '' ? t('missing.pack', { pack }) : t('missing.packVersion', { pack, version });
  return repository === '' ? t('missing.noPack') : t('missing.pack', { pack: repository });
}

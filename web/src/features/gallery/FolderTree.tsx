// The folders of the output directory, one below the other; each counts what is in it and below.

import { useState } from 'react';
import type { Folder } from '../../core/terms';
import { t } from '../../i18n/t';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import css from './Filters.module.css';

export interface FolderTreeProps {
  readonly folders: readonly Folder[];
  readonly chosen: string | null;
  readonly choose: (path: string | null) => void;
}

export function FolderTree({ folders, chosen, choose }: FolderTreeProps) {
  return (
    <ul className={css['tree']}>
      {folders.map((folder) => (
        <Branch key={folder.path} folder={folder} chosen={chosen} choose={choose} />
      ))}
    </ul>
  );
}

interface BranchProps extends Omit<FolderTreeProps, 'folders'> {
  readonly folder: Folder;
}

function Branch({ folder, chosen, choose }: BranchProps) {
  const isOn = chosen === folder.path;
  const [isOpen, setOpen] = useState(chosen?.startsWith(`${folder.path}/`) ?? false);
  return (
    <li>
      <div className={css['branch']}>
        {folder.folders.length > 0 ? (
          <button
            type="button"
            className={classes(css['toggle'], isOpen && css['open'])}
            aria-expanded={isOpen}
            aria-label={t('gallery.below', { name: folder.name })}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="chevronRight" size={12} />
          </button>
        ) : (
          <span className={css['toggle']} />
        )}
        <button
          type="button"
          className={classes(css['value'], isOn && css['on'])}
          aria-pressed={isOn}
          title={folder.path}
          onClick={() => choose(isOn ? null : folder.path)}
        >
          <span className={css['label']}>{folder.name}</span>
          <span className={css['count']}>{folder.count.toLocaleString()}</span>
        </button>
      </div>
      {isOpen && <FolderTree folders={folder.folders} chosen={chosen} choose={choose} />}
    </li>
  );
}

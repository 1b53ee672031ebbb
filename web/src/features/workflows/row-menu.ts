// What the menu of a workflow file or folder offers.

import { t } from '../../i18n/t';
import type { MenuItem } from '../../ui/Menu';
import {
  deletePlace,
  duplicateFile,
  moveElsewhere,
  moveInto,
  newFolder,
  renamePlace,
  setFavourite,
} from './file-actions';
import { openServerFile } from './open';
import { placeIn, type TreeRow } from './tree';
import { showVersions } from './versions.store';

const MOST_FOLDERS = 12;

export function rowMenu(row: TreeRow, folders: readonly string[]): MenuItem[] {
  const targets = ['', ...folders].filter((folder) => placeIn(row.path, row.kind, folder) !== null);
  const move: MenuItem = {
    kind: 'sub',
    id: 'move',
    label: t('workflows.moveTo'),
    icon: 'folder',
    items: [
      ...targets.slice(0, MOST_FOLDERS).map((folder) => ({
        id: `to:${folder}`,
        label: folder === '' ? t('workflows.top') : folder,
        onSelect: () => void moveInto(row, folder),
      })),
      { kind: 'separator', id: 'line' },
      { id: 'else', label: t('workflows.moveElse'), onSelect: () => void moveElsewhere(row) },
    ],
  };
  const rename: MenuItem = {
    id: 'rename',
    label: t('workflows.rename'),
    icon: 'pen',
    keys: 'F2',
    onSelect: () => void renamePlace(row),
  };
  const remove: MenuItem[] = [
    { kind: 'separator', id: 'before-delete' },
    {
      id: 'delete',
      label: t('workflows.delete'),
      isDanger: true,
      icon: 'trash',
      keys: 'Del',
      onSelect: () => void deletePlace(row),
    },
  ];
  if (row.kind === 'folder')
    return [
      {
        id: 'new',
        label: t('workflows.newHere'),
        icon: 'plus',
        onSelect: () => void newFolder(row.path),
      },
      rename,
      move,
      ...remove,
    ];
  return [
    {
      id: 'open',
      label: t('workflows.openIt'),
      icon: 'workflow',
      onSelect: () => void openServerFile(row.path),
    },
    {
      id: 'favourite',
      label: t('workflows.favouriteOn'),
      isChecked: row.isFavourite,
      onSelect: () => void setFavourite(row.path, !row.isFavourite),
    },
    { id: 'versions', label: t('versions.show'), icon: 'history', onSelect: () => showVersions(row.path) },
    { kind: 'separator', id: 'before-rename' },
    rename,
    {
      id: 'duplicate',
      label: t('workflows.duplicate'),
      icon: 'copy',
      onSelect: () => void duplicateFile(row.path),
    },
    move,
    ...remove,
  ];
}

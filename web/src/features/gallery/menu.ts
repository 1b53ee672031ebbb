// The menu of a picture, wherever it is shown.

import { mediumOf } from '../../api/assets';
import type { AssetView } from '../../api/types';
import { t } from '../../i18n/t';
import { openCompare } from '../../stores/compare';
import { activeTab } from '../../stores/tabs';
import { type MenuItem, showMenu } from '../../ui/Menu';
import {
  attempt,
  copyPicture,
  download,
  loadItsValues,
  openItsWorkflow,
  resolveAsset,
  runExactly,
  runWithOtherSeed,
  takeAsInput,
} from './actions';

/** `other` is what it can be compared with; `done` is called when something was chosen that shows elsewhere. */
export function menuOf(asset: AssetView, other: AssetView | null = null, done = () => {}): MenuItem[] {
  const isPicture = mediumOf(asset) === 'picture';
  const then = (act: () => unknown) => () => {
    done();
    void act();
  };
  const compared: MenuItem[] =
    other === null || !isPicture
      ? []
      : [
          {
            id: 'compare',
            label: t('gallery.compareWith', { name: other.filename }),
            icon: 'compare',
            onSelect: then(() => attempt(async () => openCompare(await resolveAsset(asset), other))),
          },
        ];
  return [
    {
      id: 'open',
      label: t('gallery.openWorkflow'),
      icon: 'workflow',
      onSelect: then(() => openItsWorkflow(asset)),
    },
    {
      id: 'values',
      label: t('gallery.loadValues'),
      icon: 'arrowDown',
      isDisabled: activeTab() === null,
      onSelect: then(() => loadItsValues(asset)),
    },
    {
      id: 'input',
      label: t('gallery.asInput'),
      icon: 'image',
      isDisabled: activeTab() === null || !isPicture,
      onSelect: then(() => takeAsInput(asset)),
    },
    ...compared,
    { kind: 'separator', id: 'line-1' },
    {
      id: 'exactly',
      label: t('gallery.runExactly'),
      icon: 'refresh',
      onSelect: () => void runExactly(asset),
    },
    {
      id: 'seed',
      label: t('gallery.runOther'),
      icon: 'dice',
      onSelect: () => void runWithOtherSeed(asset.job_id),
    },
    { kind: 'separator', id: 'line-2' },
    { id: 'download', label: t('gallery.download'), icon: 'download', onSelect: () => download([asset]) },
    {
      id: 'copy',
      label: t('gallery.copy'),
      icon: 'copy',
      isDisabled: !isPicture,
      onSelect: () => void copyPicture(asset),
    },
  ];
}

export function showMenuOf(
  at: { readonly x: number; readonly y: number },
  asset: AssetView,
  other: AssetView | null = null,
): void {
  showMenu(at, menuOf(asset, other), asset.filename);
}

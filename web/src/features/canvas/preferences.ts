// Settings of the canvas that have commands and a place in the view bar.

import { wordsOf } from '../../api/client';
import type { LinkStyle } from '../../core/stretches';
import { t } from '../../i18n/t';
import { changeSettings, type Settings, settings } from '../../stores/settings';
import { toast } from '../../ui/Toast';

export function change(changes: Partial<Settings>): void {
  changeSettings(changes).catch((error: unknown) =>
    toast({ kind: 'error', title: t('settings.failed'), text: wordsOf(error), key: 'settings' }),
  );
}

export function setLinks(style: LinkStyle | 'hidden'): void {
  change(style === 'hidden' ? { showsLinks: false } : { showsLinks: true, linkStyle: style });
}

export function toggleLinks(): void {
  change({ showsLinks: !settings.getState().showsLinks });
}

export function toggleTeleports(): void {
  change({ showsTeleports: !settings.getState().showsTeleports });
}

export function toggleSnapToNodes(): void {
  change({ snapsToNodes: !settings.getState().snapsToNodes });
}

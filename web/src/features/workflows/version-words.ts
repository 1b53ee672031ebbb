// A version in words.

import type { Version } from '../../api/workflows';
import { when } from '../../core/words';
import { t } from '../../i18n/t';

export function timeOfVersion({ saved_at }: Version): string {
  return when(saved_at);
}

export function titleOfVersion(version: Version): string {
  const time = timeOfVersion(version);
  return version.label === '' ? time : `${version.label} (${time})`;
}

export function factsOfVersion(version: Version): string {
  return [
    t(`versions.origin.${version.origin}`),
    version.nodes === null ? '' : t('versions.nodes', { count: version.nodes }),
    version.changes.text,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

// The workflow file that a run came from, as it was then, in a tab of its own.

import type { Lineage } from '../../api/gallery';
import { readVersion } from '../../api/workflows';
import { openAnew } from '../../app/open';
import { t } from '../../i18n/t';
import { nameOf } from '../../stores/tabs';

export async function openVersion({ name, version }: NonNullable<Lineage['workflow']>): Promise<void> {
  if (version === null) throw new Error(t('gallery.versionGone'));
  await openAnew(await readVersion(name, version.id), { name: nameOf(name), isDirty: true });
}

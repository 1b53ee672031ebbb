// The workflow file that a run came from, as it was then, in a tab of its own.

import { api } from '../../api/client';
import type { Lineage } from '../../api/gallery';
import { openAnew } from '../../app/open';
import type { JsonObject } from '../../core/json';
import { t } from '../../i18n/t';
import { nameOf } from '../../stores/tabs';

export async function openVersion({ name, version }: NonNullable<Lineage['workflow']>): Promise<void> {
  if (version === null) throw new Error(t('gallery.versionGone'));
  const raw = await api.get<JsonObject>(
    `/api/v1/workflows/files/${encodeURIComponent(name)}/versions/${version.id}`,
  );
  openAnew(raw, { name: nameOf(name), isDirty: true });
}

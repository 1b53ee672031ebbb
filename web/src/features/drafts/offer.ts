// A browser that has nothing open is told of the drafts that the server kept, until it was closed for just these.

import type { ListedDraft } from '../../api/types';
import { t } from '../../i18n/t';
import { keep, keptWords } from '../../stores/kept';
import { tabs } from '../../stores/tabs';
import { toast } from '../../ui/Toast';
import { NOTICE, showDrafts } from './dialog.store';
import { listFree } from './take';

const CLOSED_KEY = 'skein.drafts.closed';
const MOST_NAMES = 3;

export async function offerDrafts(): Promise<void> {
  if (tabs.getState().tabs.length > 0) return;
  const drafts = await listFree();
  const closed = new Set(keptWords(CLOSED_KEY));
  if (drafts.every(({ id }) => closed.has(id))) return;
  toast({
    title: t('drafts.found', { count: drafts.length }),
    text: namesOf(drafts),
    action: { label: t('drafts.look', { count: drafts.length }), run: showDrafts },
    // Those of before are all among them, or gone.
    onClose: () =>
      keep(
        CLOSED_KEY,
        drafts.map(({ id }) => id),
      ),
    seconds: 20,
    key: NOTICE,
  });
}

function namesOf(drafts: readonly ListedDraft[]): string {
  const names = drafts
    .slice(0, MOST_NAMES)
    .map(({ name }) => (name === '' ? t('drafts.unnamed') : name))
    .join(', ');
  const count = drafts.length - MOST_NAMES;
  return count > 0 ? t('drafts.more', { names, count }) : names;
}

// Has the server let go of the models that it keeps in memory.

import { call } from '../../api/call';
import { wordsOf } from '../../api/client';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';

export async function freeMemory(): Promise<void> {
  try {
    await call('POST /api/v1/memory/free');
    toast({ kind: 'success', title: t('meters.freed'), seconds: 3 });
  } catch (error) {
    toast({ kind: 'error', title: t('meters.freeFailed'), text: wordsOf(error) });
  }
}

// What fails is said in the server's words.

import { wordsOf } from '../../api/client';
import { isStop } from '../../app/opening';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';

export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (isStop(error)) return false;
    toast({ kind: 'error', title: t('gallery.failed'), text: wordsOf(error) });
    return false;
  }
}

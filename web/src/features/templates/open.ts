// A template becomes a tab, if it is not one yet; with `runs`, it runs at once.

import { readTemplate, type Template } from '../../api/templates';
import { openDocument, whyNotOpened } from '../../app/open';
import { isStop } from '../../app/opening';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';
import { runTab } from '../run/api';

export async function openTemplate(template: Template, runs = false): Promise<void> {
  try {
    const tab = await openDocument(await readTemplate(template), { name: template.title });
    if (runs) await runTab(tab);
  } catch (error) {
    if (isStop(error)) return;
    toast({
      kind: 'error',
      title: t('workflows.openFailed', { name: template.title }),
      text: whyNotOpened(error),
    });
  }
}

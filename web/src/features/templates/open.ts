// A template becomes a tab; with `runs`, it runs at once.

import { wordsOf } from '../../api/client';
import { readTemplate, type Template } from '../../api/templates';
import { t } from '../../i18n/t';
import { openTab } from '../../stores/tabs';
import { toast } from '../../ui/Toast';
import { runTab } from '../run/api';

export async function openTemplate(template: Template, runs = false): Promise<void> {
  try {
    const tab = openTab(await readTemplate(template), { name: template.title });
    if (runs) await runTab(tab);
  } catch (error) {
    toast({
      kind: 'error',
      title: t('workflows.openFailed', { name: template.title }),
      text: wordsOf(error),
    });
  }
}

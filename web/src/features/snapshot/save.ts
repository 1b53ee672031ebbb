// Paints the graph, puts the workflow into the picture and hands it to the browser.

import { wordsOf } from '../../api/client';
import { view } from '../../app/view';
import { stringifyJson } from '../../core/json';
import { asciiJson, withText } from '../../core/png';
import { t } from '../../i18n/t';
import { activeTab } from '../../stores/tabs';
import { toast } from '../../ui/Toast';

export async function saveSnapshot(): Promise<void> {
  const tab = activeTab();
  if (tab === null) return;
  try {
    const blob = await view.snapshot(1);
    if (blob === null) throw new Error(t('snapshot.tooLarge'));
    const workflow = asciiJson(stringifyJson(tab.doc.save()));
    const png = withText(new Uint8Array(await blob.arrayBuffer()), 'workflow', workflow);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([png], { type: 'image/png' }));
    link.download = `${tab.name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (error) {
    toast({ kind: 'error', title: t('snapshot.failed'), text: wordsOf(error), key: 'snapshot' });
  }
}

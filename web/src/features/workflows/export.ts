// Workflows as files for elsewhere: the canvas format, the API format, a Python script.

import { call } from '../../api/call';
import { request, wordsOf } from '../../api/client';
import { stringifyJson } from '../../core/json';
import { t } from '../../i18n/t';
import { activeTab, type Tab } from '../../stores/tabs';
import { toast } from '../../ui/Toast';

export function download(name: string, content: string | Blob): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: 'application/json' }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function exportCanvas(tab: Tab | null = activeTab()): void {
  if (tab !== null) download(`${tab.name}.json`, stringifyJson(tab.doc.save(), 2));
}

export async function exportApi(tab: Tab | null = activeTab()): Promise<void> {
  if (tab === null) return;
  try {
    const { prompt, notes } = await call('POST /api/v1/convert', { body: { workflow: tab.doc.save() } });
    download(`${tab.name}.api.json`, stringifyJson(prompt, 2));
    if (notes.length > 0)
      toast({
        title: t('workflows.exportNotes'),
        text: notes.map((note) => note.message).join('\n'),
        seconds: 12,
      });
  } catch (error) {
    toast({ kind: 'error', title: t('workflows.exportFailed'), text: wordsOf(error) });
  }
}

/** A script that runs it, with the library or by a server. */
export async function exportPython(tab: Tab | null = activeTab()): Promise<void> {
  if (tab === null) return;
  try {
    const response = await request('POST', '/api/v1/workflows/script', {
      query: { name: tab.name },
      body: { workflow: tab.doc.save() },
    });
    download(`${tab.name}.py`, new Blob([await response.text()], { type: 'text/x-python' }));
  } catch (error) {
    toast({ kind: 'error', title: t('workflows.exportFailed'), text: wordsOf(error) });
  }
}

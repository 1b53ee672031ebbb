// What is dropped or pasted and holds a workflow becomes a tab. Nodes that are pasted into an open workflow, and
// pictures that carry none, are the business of others: they take the event first.

import { bus } from '../../app/bus';
import { PICTURES } from '../../app/drags';
import { isTextField } from '../../app/keys';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { ownFileIn } from './address';
import { openLocalFile, openOwnFile, openServerFile, openText } from './open';
import { FILE_DRAG } from './tree';

/** True if something was made of it. */
function take(data: DataTransfer, name: string, at: Point | null = null): boolean {
  // From the gallery, which has told what that means.
  if (data.types.includes(PICTURES)) return true;
  const own = ownFileIn(data.getData('text/uri-list'), location.origin);
  if (own !== null) {
    void openOwnFile(own, at);
    return true;
  }
  const files = [...data.files];
  for (const file of files) void openLocalFile(file, at);
  if (files.length > 0) return true;
  const text = data.getData('text/plain');
  return text !== '' && openText(text, name);
}

export function listenForWorkflows(): void {
  bus.on('drop', (data, at) => {
    const [kind, ...path] = data.getData(FILE_DRAG).split(':');
    if (kind === 'file') void openServerFile(path.join(':'));
    else if (kind === '') take(data, t('workflows.dropped'), at);
  });

  // Beside the canvas a dropped file would replace the page.
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => {
    if (event.defaultPrevented || event.dataTransfer === null) return;
    event.preventDefault();
    take(event.dataTransfer, t('workflows.dropped'));
  });

  window.addEventListener('paste', (event) => {
    const isElsewhere =
      isTextField(document.activeElement) || document.activeElement?.closest('[role="dialog"]') != null;
    if (event.defaultPrevented || event.clipboardData === null || isElsewhere) return;
    if (take(event.clipboardData, t('workflows.pasted'))) event.preventDefault();
  });
}

// Text for the system clipboard, also where the page may not write to it by itself.

import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';

export function copyText(text: string): void {
  const done = () => toast({ title: t('edit.copied'), key: 'copied', seconds: 2 });
  if (navigator.clipboard !== undefined) {
    void navigator.clipboard.writeText(text).then(done, () => copyByEvent(text, done));
    return;
  }
  copyByEvent(text, done);
}

function copyByEvent(text: string, done: () => void): void {
  const write = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    done();
  };
  document.addEventListener('copy', write, { capture: true, once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', write, { capture: true });
}

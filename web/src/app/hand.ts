// The hand only looks: while it is out, nothing is taken away or put on the canvas by a slip.

import { t } from '../i18n/t';
import { toast } from '../ui/Toast';
import { view } from './view';

/** Whether the hand is out; says so, and what puts it away. */
export function isHandOut(): boolean {
  if (!view.preferences.isLocked) return false;
  toast({ title: t('view.handOut'), key: 'hand' });
  return true;
}

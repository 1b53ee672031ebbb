// Whether the dialog of repairs is open, and what accepting does.

import { createStore } from 'zustand/vanilla';
import { applyRepairs, type Repair } from '../../core/repair';
import { t } from '../../i18n/t';
import { issues } from '../../stores/issues';
import { toast } from '../../ui/Toast';

export const repairing = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));

export function openRepairs(): void {
  repairing.setState({ isOpen: issues.getState().repairs.length > 0 });
}

export function closeRepairs(): void {
  repairing.setState({ isOpen: false });
}

export function accept(chosen: readonly Repair[]): void {
  const { doc } = issues.getState();
  if (doc === null || chosen.length === 0) return;
  const label = t('repair.done', { count: chosen.length });
  if (!applyRepairs(doc, label, chosen)) return;
  const left = issues.getState().repairs.filter((repair) => !chosen.includes(repair));
  issues.setState({ repairs: left });
  if (left.length === 0) closeRepairs();
  toast({ kind: 'success', title: label, key: 'missing', seconds: 4 });
}

// What a workflow names and this server does not have: the line at the top, the dialog of repairs, the commands.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost, registerOverlay } from '../../app/panels';
import { t } from '../../i18n/t';
import { followIssues, issues } from '../../stores/issues';
import { openPanel } from '../../stores/layout';
import { Banner } from './Banner';
import { bypassMissing, countOf, missingNow } from './missing';
import { openRepairs, repairing } from './repairs';

registerOverlay({ id: 'missing', order: 60, Component: Banner });

const useOpen = () => useStore(repairing, (state) => state.isOpen);
const load = () => import('./RepairDialog').then((module) => module.RepairDialog);
registerHost({ id: 'repairs', Component: lazily(load, useOpen) });

registerCommands(
  {
    id: 'missing.show',
    title: () => t('missing.show'),
    group: 'workflow',
    when: () => countOf(missingNow()) > 0,
    run: () => openPanel('bottom', 'issues'),
  },
  {
    id: 'missing.bypass',
    title: () => t('missing.bypass'),
    group: 'nodes',
    when: () => missingNow().types.length > 0,
    run: bypassMissing,
  },
  {
    id: 'missing.repair',
    title: () => t('missing.repair'),
    group: 'workflow',
    when: () => issues.getState().repairs.length > 0,
    run: openRepairs,
  },
);

followIssues();

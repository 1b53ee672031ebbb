// What a workflow names and this server does not have: the line at the top, the dialog of repairs, the commands.

import { registerCommands } from '../../app/commands';
import { registerHost, registerOverlay } from '../../app/panels';
import { t } from '../../i18n/t';
import { followIssues, issues } from '../../stores/issues';
import { openPanel } from '../../stores/layout';
import { Banner } from './Banner';
import { bypassMissing, countOf, missingNow } from './missing';
import { RepairDialog } from './RepairDialog';
import { openRepairs } from './repairs';

registerOverlay({ id: 'missing', order: 60, Component: Banner });
registerHost({ id: 'repairs', Component: RepairDialog });

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

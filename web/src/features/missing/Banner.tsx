// A quiet line above the canvas: what the workflow names and this server does not have. Once for each tab.

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { t } from '../../i18n/t';
import { layout, openPanel } from '../../stores/layout';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import css from './Missing.module.css';
import { countOf, useMissing, wordsFor } from './missing';
import { openRepairs } from './repairs';

const hidden = createStore<{ readonly tabs: ReadonlySet<string> }>(() => ({ tabs: new Set() }));

export function hideBanner(tabId: string): void {
  hidden.setState(({ tabs }) => ({ tabs: new Set([...tabs, tabId]) }));
}

export function Banner() {
  const things = useMissing();
  const isHidden = useStore(hidden, ({ tabs }) => things.tabId !== null && tabs.has(things.tabId));
  const isListed = useStore(layout, ({ open }) => open.bottom === 'issues');
  const { tabId, repairs } = things;
  const isShown = tabId !== null && countOf(things) > 0 && !isHidden && !isListed;
  // The region is there before its text, or screen readers say nothing.
  return (
    <div className={css['place']} role="status" aria-label={t('missing.banner')}>
      {isShown && (
        <div className={css['banner']}>
          <Icon name="info" size={14} />
          <span className={css['bannerText']}>{wordsFor(things)}</span>
          <Button size="small" onClick={() => openPanel('bottom', 'issues')}>
            {t('run.showErrors')}
          </Button>
          {repairs.length > 0 && (
            <Button size="small" onClick={() => openRepairs()}>
              {t('repair.open')}
            </Button>
          )}
          <IconButton
            icon="close"
            size="small"
            label={t('missing.dismiss')}
            onClick={() => hideBanner(tabId)}
          />
        </div>
      )}
    </div>
  );
}

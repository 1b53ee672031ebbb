// Says, as long as it is so, that this browser cannot keep what was changed: never silently.

import { useStore } from 'zustand';
import { runCommand } from '../../app/commands';
import { t } from '../../i18n/t';
import { activateTab, tabs } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import css from './Banner.module.css';

export function Banner() {
  const unsafe = useStore(tabs, (state) => state.tabs.find((tab) => tab.isUnsafe && tab.isDirty) ?? null);
  if (unsafe === null) return null;
  const save = () => {
    activateTab(unsafe.id);
    runCommand('workflow.save');
  };
  return (
    <div className={css['banner']} role="alert">
      <Icon name="alert" />
      <p>
        <b>{t('drafts.noRoom')}</b> {t('drafts.noRoomText')}
      </p>
      <Button size="small" kind="primary" icon="save" onClick={save}>
        {t('drafts.saveAll')}
      </Button>
    </div>
  );
}

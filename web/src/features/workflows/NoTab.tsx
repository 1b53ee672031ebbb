// What stands in place of the canvas while no workflow is open.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { titleOfName } from './files';
import { lists, loadLists } from './list.store';
import css from './NoTab.module.css';
import { chooseFiles, newWorkflow, openTemplate } from './open';

export function NoTab() {
  const hasTab = useStore(tabs, (state) => state.active !== null);
  const templates = useStore(lists, (state) => state.templates);
  useEffect(() => {
    if (!hasTab && lists.getState().templates === null) void loadLists();
  }, [hasTab]);
  if (hasTab) return null;
  return (
    <section className={css['place']} aria-label={t('workflows.begin')}>
      <div className={css['sheet']}>
        <h1 className={css['title']}>{t('workflows.begin')}</h1>
        <p className={css['text']}>{t('workflows.beginText')}</p>
        {templates !== null && templates.length > 0 && (
          <ul className={css['list']}>
            {templates.map((template) => (
              <li key={`${template.pack}/${template.name}`}>
                <button type="button" className={css['card']} onClick={() => void openTemplate(template)}>
                  <img src={template.picture} alt="" width={128} height={128} />
                  <span>{titleOfName(template.name)}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className={css['buttons']}>
          <Button icon="plus" onClick={newWorkflow}>
            {t('workflows.new')}
          </Button>
          <Button icon="upload" onClick={chooseFiles}>
            {t('workflows.openFile')}
          </Button>
        </div>
        <p className={css['hint']}>{t('workflows.beginDrop')}</p>
      </div>
    </section>
  );
}

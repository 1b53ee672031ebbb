// What stands in place of the canvas while no workflow is open: one click makes a picture.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { runCommand } from '../../app/commands';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { openTemplate } from './open';
import { CardPlaces, TemplateCards } from './TemplateCards';
import css from './Templates.module.css';
import { keyOf, loadTemplates, STARTER, templates } from './templates.store';

const MOST = 8;
/** So many come with Skein. */
const OURS = 4;

export function StartPage() {
  const hasTab = useStore(tabs, (state) => state.active !== null);
  const { templates: all, checks, error } = useStore(templates);
  useEffect(() => {
    if (!hasTab && templates.getState().templates === null) void loadTemplates();
  }, [hasTab]);
  if (hasTab) return null;
  const starter = all?.find(({ name }) => name === STARTER);
  const isReady = starter !== undefined && checks.get(keyOf(starter))?.state === 'ready';
  return (
    <section className={css['place']} aria-label={t('workflows.begin')}>
      <div className={css['sheet']}>
        <h1 className={css['title']}>{t('workflows.begin')}</h1>
        <p className={css['text']}>{t('workflows.beginText')}</p>
        <Button
          kind="primary"
          icon="play"
          className={css['starter']}
          disabled={!isReady}
          onClick={() => {
            if (starter !== undefined) void openTemplate(starter, true);
          }}
        >
          {t('templates.makeOne')}
        </Button>
        {error !== '' && <p className={css['text']}>{error}</p>}
        {all === null && error === '' && <CardPlaces count={OURS} />}
        {all !== null && <TemplateCards shown={all.slice(0, MOST)} />}
        <div className={css['buttons']}>
          <Button icon="plus" onClick={() => runCommand('workflow.new')}>
            {t('workflows.new')}
          </Button>
          <Button icon="upload" onClick={() => runCommand('workflow.open')}>
            {t('workflows.openFile')}
          </Button>
          <Button icon="grid" onClick={() => runCommand('templates.browse')}>
            {t('templates.browse')}
          </Button>
        </div>
        <p className={css['hint']}>{t('workflows.beginDrop')}</p>
      </div>
    </section>
  );
}

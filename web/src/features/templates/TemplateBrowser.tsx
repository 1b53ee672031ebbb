// All workflows to begin with, those of packs too, with what each lacks here.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Template } from '../../api/templates';
import { t } from '../../i18n/t';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { SearchInput, Select } from '../../ui/Field';
import { Spinner } from '../../ui/Spinner';
import { TemplateCards } from './TemplateCards';
import css from './Templates.module.css';
import { wordsOfTag } from './tags';
import { browser, type Check, keyOf, loadTemplates, templates } from './templates.store';

const close = () => browser.setState({ isOpen: false });

export function TemplateBrowser() {
  const { templates: all, checks, error } = useStore(templates);
  const [text, setText] = useState('');
  const [pack, setPack] = useState('');
  const [show, setShow] = useState('all');
  const [tag, setTag] = useState('');
  useEffect(() => void loadTemplates(), []);
  const packs = [...new Set((all ?? []).map((template) => template.pack))];
  const wanted = text.trim().toLowerCase();
  const tagsFor = (template: Template) => checks.get(keyOf(template))?.tags ?? [];
  const tags = [...new Set((all ?? []).flatMap(tagsFor))].sort((a, b) =>
    wordsOfTag(a).localeCompare(wordsOfTag(b)),
  );
  const shown = (all ?? []).filter(
    (template) =>
      (pack === '' || template.pack === pack) &&
      (show === 'all' || checks.get(keyOf(template))?.state === 'ready') &&
      (tag === '' || tagsFor(template).includes(tag)) &&
      (wanted === '' || wordsFor(template, checks.get(keyOf(template))).includes(wanted)),
  );
  return (
    <Dialog title={t('templates.title')} closeLabel={t('app.close')} size="large" onClose={close}>
      <div className={css['tools']}>
        <SearchInput label={t('templates.search')} value={text} onChange={setText} />
        <Select
          aria-label={t('templates.tag')}
          value={tag}
          options={[
            { value: '', label: t('templates.allTags') },
            ...tags.map((value) => ({ value, label: wordsOfTag(value) })),
          ]}
          onChange={setTag}
        />
        <Select
          aria-label={t('templates.pack')}
          value={pack}
          options={[
            { value: '', label: t('templates.allPacks') },
            ...packs.map((value) => ({ value, label: value })),
          ]}
          onChange={setPack}
        />
        <Select
          aria-label={t('templates.which')}
          value={show}
          options={[
            { value: 'all', label: t('templates.all') },
            { value: 'ready', label: t('templates.onlyReady') },
          ]}
          onChange={setShow}
        />
      </div>
      {all === null && error === '' && <Spinner label={t('app.loading')} />}
      {error !== '' && <Empty icon="alert" title={t('templates.failed')} text={error} />}
      {all !== null && shown.length === 0 && <Empty icon="search" title={t('templates.none')} />}
      <TemplateCards shown={shown} onOpen={close} isFull />
      <Missing />
    </Dialog>
  );
}

/** What the search looks at, in lower case. */
function wordsFor({ title, pack }: Template, check: Check | undefined): string {
  const words = [
    title,
    pack,
    ...(check?.tags ?? []).map(wordsOfTag),
    ...(check?.needs ?? []).map((need) => need.name),
  ];
  return words.join(' ').toLowerCase();
}

/** What models are wanted, where they go, and where the file says that they can be had. */
function Missing() {
  const checks = useStore(templates, (state) => state.checks);
  const models = new Map(
    [...checks.values()].flatMap((check) => check.models).map((model) => [model.name, model]),
  );
  if (models.size === 0) return null;
  return (
    <section className={css['wanted']}>
      <h3>{t('templates.wanted')}</h3>
      <ul>
        {[...models.values()].map((model) => (
          <li key={model.name}>
            <code>{`models/${model.folder || '…'}/${model.name}`}</code>
            {model.url !== '' && <span className={css['text']}>{model.url}</span>}
            {model.nearest !== null && (
              <span className={css['text']}>{t('templates.nearest', { name: model.nearest })}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

// Settings, found by a word; each is kept on the server as soon as it is changed.

import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { LINK_STYLES } from '../../core/stretches';
import { LANGUAGES, nameOfLanguage } from '../../i18n/languages';
import { t } from '../../i18n/t';
import { closeDialog } from '../../stores/dialogs';
import { changeSettings, type Settings, settings, TEXT_SIZES, type Theme } from '../../stores/settings';
import { Dialog } from '../../ui/Dialog';
import { Field, SearchInput, Select, Switch } from '../../ui/Field';
import { Tabs } from '../../ui/Tabs';
import { toast } from '../../ui/Toast';
import { Keys } from './Keys';
import css from './SettingsDialog.module.css';

export function change(changes: Partial<Settings>): void {
  changeSettings(changes).catch((error: unknown) =>
    toast({ kind: 'error', title: t('settings.failed'), text: wordsOf(error), key: 'settings' }),
  );
}

function chooseLanguage(language: string): void {
  change({ language });
  toast({
    title: t('settings.language.reload'),
    action: { label: t('app.reload'), run: () => location.reload() },
    key: 'language',
    seconds: 12,
  });
}

interface Row {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly field: (id: string) => ReactNode;
}

const CHOICES = {
  spline: 'canvas.links.spline',
  straight: 'canvas.links.straight',
  linear: 'canvas.links.linear',
  auto: 'settings.navigation.auto',
  mouse: 'settings.navigation.mouse',
  trackpad: 'settings.navigation.trackpad',
  next: 'settings.tabKey.next',
  search: 'settings.tabKey.search',
} as const;

type SwitchName = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];

function useRows(): { readonly title: string; readonly rows: readonly Row[] }[] {
  const now = useStore(settings);
  const flip = (name: SwitchName): Row => ({
    id: name,
    label: t(`settings.${name}`),
    hint: t(`settings.${name}.hint`),
    field: (id) => <Switch id={id} checked={now[name]} onChange={(checked) => change({ [name]: checked })} />,
  });
  const choice = <K extends 'linkStyle' | 'navigation' | 'tabKey'>(
    name: K,
    values: readonly Settings[K][],
  ): Row => ({
    id: name,
    label: t(`settings.${name}`),
    hint: t(`settings.${name}.hint`),
    field: (id) => (
      <Select
        id={id}
        value={now[name]}
        onChange={(value) => change({ [name]: value })}
        options={values.map((value) => ({ value, label: t(CHOICES[value]) }))}
      />
    ),
  });
  return [
    {
      title: t('settings.looks'),
      rows: [
        {
          id: 'theme',
          label: t('settings.theme'),
          field: (id) => (
            <Select
              id={id}
              value={now.theme}
              onChange={(value) => change({ theme: value as Theme })}
              options={(['system', 'dark', 'light', 'contrast'] as const).map((value) => ({
                value,
                label: t(`settings.theme.${value}`),
              }))}
            />
          ),
        },
        {
          id: 'language',
          label: t('settings.language'),
          hint: t('settings.language.hint'),
          field: (id) => (
            <Select
              id={id}
              value={now.language}
              onChange={chooseLanguage}
              options={[
                { value: 'system', label: t('settings.language.system') },
                ...LANGUAGES.map((value) => ({ value, label: nameOfLanguage(value) })),
              ]}
            />
          ),
        },
        flip('showsGrid'),
        flip('showsLinks'),
        choice('linkStyle', LINK_STYLES),
        flip('animatesLinks'),
        flip('showsTeleports'),
        flip('showsInfo'),
        flip('showsPreviews'),
        flip('showsIds'),
        flip('showsPacks'),
      ],
    },
    {
      title: t('settings.handling'),
      rows: [
        choice('navigation', ['auto', 'mouse', 'trackpad']),
        choice('tabKey', ['next', 'search']),
        flip('snapsToGrid'),
        flip('snapsToNodes'),
        flip('showsToolbox'),
        flip('confirmsClose'),
        flip('notifiesDone'),
        flip('soundsDone'),
        flip('spellcheck'),
        {
          id: 'textSize',
          label: t('settings.textSize'),
          hint: t('settings.textSize.hint'),
          field: (id) => (
            <Select
              id={id}
              value={String(now.textSize)}
              onChange={(value) => change({ textSize: Number(value) })}
              options={TEXT_SIZES.map((size) => ({ value: String(size), label: String(size) }))}
            />
          ),
        },
      ],
    },
  ];
}

export function SettingsDialog() {
  const [view, setView] = useState('general');
  const [text, setText] = useState('');
  const groups = useRows();
  const matches = (row: Row) =>
    `${row.label} ${row.hint ?? ''}`.toLowerCase().includes(text.trim().toLowerCase());
  const shown = groups
    .map((group) => ({ ...group, rows: group.rows.filter(matches) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <Dialog title={t('settings.title')} closeLabel={t('app.close')} size="large" onClose={closeDialog}>
      <SearchInput
        label={t('settings.search')}
        className={css['search'] ?? ''}
        value={text}
        onChange={setText}
      />
      <Tabs
        label={t('settings.title')}
        value={view}
        onChange={setView}
        tabs={[
          {
            id: 'general',
            label: t('settings.general'),
            content: (
              <div className={css['groups']}>
                {shown.map((group) => (
                  <section key={group.title} className={css['group']}>
                    <h3>{group.title}</h3>
                    {group.rows.map((row) => (
                      <div key={row.id} className={css['row']}>
                        <Field label={row.label} hint={row.hint} isRow>
                          {row.field}
                        </Field>
                      </div>
                    ))}
                  </section>
                ))}
                {shown.length === 0 && <p className={css['none']}>{t('settings.none')}</p>}
              </div>
            ),
          },
          { id: 'keys', label: t('settings.keys'), content: <Keys filter={text} onFail={change} /> },
        ]}
      />
    </Dialog>
  );
}

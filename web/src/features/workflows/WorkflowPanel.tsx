// The user's workflow files, by folder, and the ones to begin with.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { t } from '../../i18n/t';
import { tabs, updateTab } from '../../stores/tabs';
import { Button, IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { ask, askText } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { TextInput } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { type MenuItem, showMenu } from '../../ui/Menu';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import { deleteFile, moveFile, titleOfName, type WorkflowFile } from './files';
import { changed, lists, loadLists } from './list.store';
import { chooseFiles, newWorkflow, openServerFile, openTemplate } from './open';
import { showVersions } from './versions.store';
import css from './WorkflowPanel.module.css';

export function WorkflowPanel() {
  const { files, templates, error } = useStore(lists);
  const [text, setText] = useState('');
  useEffect(() => void loadLists(), []);
  const matches = (name: string) => name.toLowerCase().includes(text.trim().toLowerCase());
  const shown = (files ?? []).filter((file) => matches(file.name));
  const shownTemplates = (templates ?? []).filter((template) => matches(titleOfName(template.name)));
  return (
    <div className={css['panel']}>
      <div className={css['tools']}>
        <TextInput
          type="search"
          value={text}
          placeholder={t('workflows.filter')}
          aria-label={t('workflows.filter')}
          onChange={(event) => setText(event.target.value)}
        />
        <IconButton icon="plus" label={t('workflows.new')} onClick={newWorkflow} />
        <IconButton icon="upload" label={t('workflows.openFile')} keys="Ctrl+O" onClick={chooseFiles} />
      </div>
      {error !== '' && (
        <Empty icon="alert" title={t('workflows.listFailed')} text={error}>
          <Button onClick={() => void loadLists()}>{t('app.tryAgain')}</Button>
        </Empty>
      )}
      {files === null && error === '' && <Spinner label={t('app.loading')} />}
      {files !== null && (
        <>
          <h3 className={css['heading']}>{t('workflows.yours')}</h3>
          {shown.length === 0 ? (
            <p className={css['none']}>{t(text === '' ? 'workflows.noneSaved' : 'workflows.noneFound')}</p>
          ) : (
            <FileList files={shown} />
          )}
        </>
      )}
      {shownTemplates.length > 0 && (
        <>
          <h3 className={css['heading']}>{t('workflows.templates')}</h3>
          <ul className={css['templates']}>
            {shownTemplates.map((template) => (
              <li key={`${template.pack}/${template.name}`}>
                <button type="button" className={css['template']} onClick={() => void openTemplate(template)}>
                  <img src={template.picture} alt="" loading="lazy" width={128} height={128} />
                  <span>{titleOfName(template.name)}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function FileList({ files }: { readonly files: readonly WorkflowFile[] }) {
  const open = useStore(tabs, (state) => state.tabs);
  const folders = new Map<string, WorkflowFile[]>();
  for (const file of [...files].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))) {
    const folder = file.name.includes('/') ? file.name.slice(0, file.name.lastIndexOf('/')) : '';
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders].map(([folder, inside]) => (
    <div key={folder}>
      {folder !== '' && (
        <p className={css['folder']}>
          <Icon name="folder" size={14} />
          {folder}
        </p>
      )}
      <ul>
        {inside.map((file) => {
          const isOpen = open.some((tab) => tab.path === file.name);
          const name = (file.name.split('/').at(-1) ?? file.name).replace(/\.json$/i, '');
          return (
            <li key={file.name} className={css['row']}>
              <button
                type="button"
                className={classes(css['file'], folder !== '' && css['inside'])}
                title={`${file.name}\n${new Date(file.modified * 1000).toLocaleString()}`}
                onClick={() => void openServerFile(file.name)}
              >
                <Icon name="workflow" size={14} />
                <span className={css['name']}>{name}</span>
                {isOpen && <span className={css['open']}>{t('workflows.open')}</span>}
              </button>
              <IconButton
                icon="dots"
                size="small"
                label={t('workflows.moreFor', { name })}
                onClick={(event) => {
                  const { left, bottom } = event.currentTarget.getBoundingClientRect();
                  showMenu({ x: left, y: bottom }, menuFor(file), name);
                }}
              />
            </li>
          );
        })}
      </ul>
    </div>
  ));
}

function menuFor(file: WorkflowFile): MenuItem[] {
  return [
    { id: 'open', label: t('workflows.openIt'), onSelect: () => void openServerFile(file.name) },
    { id: 'versions', label: t('versions.show'), icon: 'history', onSelect: () => showVersions(file.name) },
    { id: 'rename', label: t('workflows.rename'), onSelect: () => void rename(file) },
    { kind: 'separator', id: 'line' },
    {
      id: 'delete',
      label: t('workflows.delete'),
      isDanger: true,
      icon: 'trash',
      onSelect: () => void remove(file),
    },
  ];
}

async function rename(file: WorkflowFile): Promise<void> {
  const name = await askText({
    title: t('workflows.rename'),
    closeLabel: t('app.close'),
    field: { label: t('workflows.fileName'), value: file.name.replace(/\.json$/i, '') },
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'rename', label: t('workflows.rename'), kind: 'primary' },
    ],
  });
  if (name === null) return;
  const path = `${name.replace(/\.json$/i, '')}.json`;
  await attempt(async () => {
    await moveFile(file.name, path);
    for (const tab of tabs.getState().tabs) {
      if (tab.path === file.name)
        updateTab(tab.id, { path, name: (path.split('/').at(-1) ?? path).replace(/\.json$/i, '') });
    }
  });
}

async function remove(file: WorkflowFile): Promise<void> {
  const choice = await ask({
    title: t('workflows.deleteTitle', { name: file.name }),
    text: t('workflows.deleteText'),
    closeLabel: t('app.close'),
    choices: [
      { id: 'cancel', label: t('app.cancel') },
      { id: 'delete', label: t('workflows.delete'), kind: 'danger' },
    ],
  });
  if (choice !== 'delete') return;
  await attempt(async () => {
    await deleteFile(file.name);
    for (const tab of tabs.getState().tabs)
      if (tab.path === file.name) updateTab(tab.id, { path: null, revision: null, isDirty: true });
  });
}

async function attempt(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toast({ kind: 'error', title: t('workflows.changeFailed'), text: wordsOf(error) });
  }
  changed();
}

// The user's workflow files as a tree, and the ones to begin with.

import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { keysOfCommand } from '../../app/keys';
import { t } from '../../i18n/t';
import { Button, IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { SearchInput } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Menu } from '../../ui/Menu';
import { Spinner } from '../../ui/Spinner';
import { FileTree } from './FileTree';
import { newFolder } from './file-actions';
import { closed, lists, loadLists } from './list.store';
import { chooseFiles, newWorkflow, openTemplate } from './open';
import { showTrash } from './trash.store';
import { treeRows } from './tree';
import css from './WorkflowPanel.module.css';

export function WorkflowPanel() {
  const { files, folders, favourites, templates, error } = useStore(lists);
  const folded = useStore(closed, (state) => state.paths);
  const [text, setText] = useState('');
  useEffect(() => {
    const load = () => void loadLists();
    load();
    // Meanwhile another window, or another program, may have changed something.
    window.addEventListener('focus', load);
    return () => window.removeEventListener('focus', load);
  }, []);
  const matches = (name: string) => name.toLowerCase().includes(text.trim().toLowerCase());
  const rows = useMemo(
    () => treeRows({ files: files ?? [], folders, favourites }, folded, text),
    [files, folders, favourites, folded, text],
  );
  const shownTemplates = (templates ?? []).filter((template) => matches(template.title));
  return (
    <div className={css['panel']}>
      <div className={css['tools']}>
        <SearchInput label={t('workflows.filter')} value={text} onChange={setText} />
        <IconButton icon="plus" label={t('workflows.new')} onClick={newWorkflow} />
        <IconButton
          icon="upload"
          label={t('workflows.openFile')}
          keys={keysOfCommand('workflow.open')}
          onClick={chooseFiles}
        />
        <Menu
          align="end"
          items={[
            {
              id: 'folder',
              label: t('workflows.newFolder'),
              icon: 'folder',
              onSelect: () => void newFolder(),
            },
            { id: 'trash', label: t('trash.show'), icon: 'trash', onSelect: () => setTimeout(showTrash) },
          ]}
        >
          <IconButton icon="dots" label={t('workflows.more')} />
        </Menu>
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
          {rows.length === 0 ? (
            <p className={css['none']}>{t(text === '' ? 'workflows.noneSaved' : 'workflows.noneFound')}</p>
          ) : (
            <FileTree rows={rows} folders={folders} />
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
                  {template.picture === null ? (
                    <span className={css['blank']}>
                      <Icon name="workflow" size={32} />
                    </span>
                  ) : (
                    <img src={template.picture} alt="" loading="lazy" width={128} height={128} />
                  )}
                  <span>{template.title}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

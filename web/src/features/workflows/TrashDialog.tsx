// Deleted workflows: taken back, or deleted for good.

import { useEffect, useState } from 'react';
import { wordsOf } from '../../api/client';
import { emptyTrash, listTrash, removeForGood, type TrashedFile, takeBack } from '../../api/workflows';
import { isSure } from '../../app/sure';
import { when } from '../../core/words';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import { changed } from './list.store';
import { trash } from './trash.store';
import { folderOf, titleOfFile } from './tree';
import css from './VersionsDialog.module.css';

const close = () => trash.setState({ isOpen: false });

export function TrashDialog() {
  const [files, setFiles] = useState<readonly TrashedFile[] | null>(null);
  const [error, setError] = useState('');
  const load = () =>
    listTrash().then(setFiles, (thrown: unknown) => {
      setError(wordsOf(thrown));
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is opened
  useEffect(() => void load(), []);
  const attempt = async (act: () => Promise<unknown>) => {
    try {
      await act();
    } catch (thrown) {
      toast({ kind: 'error', title: t('trash.changeFailed'), text: wordsOf(thrown), key: 'trash' });
    }
    changed();
    await load();
  };
  const restore = (file: TrashedFile) =>
    attempt(async () => {
      const back = await takeBack(file.trash_id);
      toast({ kind: 'success', title: t('trash.restored', { name: titleOfFile(back.name) }), key: 'trash' });
    });
  const remove = async (file: TrashedFile) => {
    const title = t('trash.removeTitle', { name: titleOfFile(file.name) });
    if (await isSure({ title, text: t('trash.removeText'), label: t('trash.remove') }))
      await attempt(() => removeForGood(file.trash_id));
  };
  const empty = async () => {
    const title = t('trash.emptyTitle', { count: files?.length ?? 0 });
    if (await isSure({ title, text: t('trash.removeText'), label: t('trash.empty') }))
      await attempt(emptyTrash);
  };
  return (
    <Dialog
      title={t('trash.title')}
      description={t('trash.text')}
      closeLabel={t('app.close')}
      onClose={close}
      {...(files !== null && files.length > 0
        ? {
            footer: (
              <Button kind="danger" icon="trash" onClick={() => void empty()}>
                {t('trash.empty')}
              </Button>
            ),
          }
        : {})}
    >
      {error !== '' && <Empty icon="alert" title={t('trash.failed')} text={error} />}
      {files === null && error === '' && <Spinner label={t('app.loading')} />}
      {files?.length === 0 && <Empty icon="trash" title={t('trash.none')} />}
      <ul>
        {(files ?? []).map((file) => {
          const name = titleOfFile(file.name);
          const time = when(file.deleted_at);
          return (
            <li key={file.trash_id} className={css['row']}>
              <div className={css['words']}>
                <p>{name}</p>
                <p className={css['note']}>
                  {[folderOf(file.name), t('trash.deletedAt', { time })]
                    .filter((part) => part !== '')
                    .join(' · ')}
                </p>
              </div>
              <Button
                size="small"
                icon="undo"
                aria-label={t('trash.restoreIt', { name })}
                onClick={() => void restore(file)}
              >
                {t('trash.restore')}
              </Button>
              <Button
                size="small"
                kind="quiet"
                aria-label={t('trash.removeIt', { name })}
                onClick={() => void remove(file)}
              >
                {t('trash.remove')}
              </Button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

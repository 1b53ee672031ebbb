// Drafts that the server kept of windows that are gone: opened here one by one or all, or discarded.

import { useEffect, useState } from 'react';
import { wordsOf } from '../../api/client';
import type { ListedDraft } from '../../api/types';
import { sizeInWords, when } from '../../core/words';
import { t } from '../../i18n/t';
import { activateTab } from '../../stores/tabs';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import css from './DraftsDialog.module.css';
import { closeDrafts } from './dialog.store';
import { discardDraft, listFree, takeDraft } from './take';

/** What has become of a row since the list was opened. */
type Fate =
  | { readonly is: 'open'; readonly tab: string }
  | { readonly is: 'discarded'; readonly takeBack: () => Promise<void> }
  | { readonly is: 'taken' };
type Fates = Readonly<Record<string, Fate | undefined>>;

export function DraftsDialog() {
  const [drafts, setDrafts] = useState<readonly ListedDraft[] | null>(null);
  const [fates, setFates] = useState<Fates>({});
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const load = async () => {
    try {
      setDrafts(await listFree());
      setFates({});
    } catch (thrown) {
      setError(wordsOf(thrown));
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is opened
  useEffect(() => void load(), []);
  const fated = ({ id }: ListedDraft, fate: Fate | undefined) =>
    setFates((known) => ({ ...known, [id]: fate }));
  const left = (drafts ?? []).filter(({ id }) => fates[id] === undefined);

  /** One thing at a time: a second click on the way would take a draft that is taken. */
  const attempt = async (title: string, act: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    try {
      await act();
    } catch (thrown) {
      toast({ kind: 'error', title, text: wordsOf(thrown), key: 'drafts-failed' });
      await load();
    } finally {
      setBusy(false);
    }
  };
  const open = async (draft: ListedDraft, isBackground: boolean) => {
    const tab = await takeDraft(draft, { isBackground });
    fated(draft, tab === null ? { is: 'taken' } : { is: 'open', tab });
    return tab !== null;
  };
  const openOne = (draft: ListedDraft) =>
    attempt(t('drafts.openFailed', { name: nameOf(draft) }), async () => {
      if ((await open(draft, false)) && left.length === 1) closeDrafts();
    });
  const openAll = () =>
    attempt(t('drafts.changeFailed'), async () => {
      let opened = 0;
      for (const draft of left) if (await open(draft, opened > 0)) opened += 1;
      if (opened === left.length) closeDrafts();
    });
  const discard = (draft: ListedDraft) =>
    attempt(t('drafts.changeFailed'), async () =>
      fated(draft, { is: 'discarded', takeBack: await discardDraft(draft) }),
    );
  const takeBack = (draft: ListedDraft, back: () => Promise<void>) =>
    attempt(t('drafts.changeFailed'), async () => {
      await back();
      fated(draft, undefined);
    });
  return (
    <Dialog
      title={t('drafts.title')}
      description={t('drafts.text')}
      closeLabel={t('app.close')}
      onClose={closeDrafts}
      {...(left.length > 1
        ? {
            footer: (
              <Button kind="primary" onClick={() => void openAll()}>
                {t('drafts.openAll')}
              </Button>
            ),
          }
        : {})}
    >
      {error !== '' && <Empty icon="alert" title={t('drafts.failed')} text={error} />}
      {drafts === null && error === '' && <Spinner label={t('app.loading')} />}
      {drafts?.length === 0 && <Empty icon="check" title={t('drafts.none')} text={t('drafts.noneText')} />}
      <ul>
        {(drafts ?? []).map((draft) => (
          <Row
            key={draft.id}
            draft={draft}
            fate={fates[draft.id]}
            onOpen={() => void openOne(draft)}
            onDiscard={() => void discard(draft)}
            onTakeBack={(back) => void takeBack(draft, back)}
          />
        ))}
      </ul>
    </Dialog>
  );
}

interface RowProps {
  readonly draft: ListedDraft;
  readonly fate: Fate | undefined;
  readonly onOpen: () => void;
  readonly onDiscard: () => void;
  readonly onTakeBack: (back: () => Promise<void>) => void;
}

function Row({ draft, fate, onOpen, onDiscard, onTakeBack }: RowProps) {
  const words = { name: nameOf(draft), time: when(draft.saved_at) };
  const show = (tab: string) => {
    activateTab(tab);
    closeDrafts();
  };
  const facts = [
    draft.file === null ? '' : t('drafts.of', { file: draft.file }),
    words.time,
    sizeInWords(draft.size),
    fate?.is === 'open' ? t('drafts.opened') : '',
    fate?.is === 'discarded' ? t('drafts.discarded') : '',
    fate?.is === 'taken' ? t('drafts.taken') : '',
  ];
  return (
    <li className={css['row']} data-draft={draft.id}>
      <div className={css['words']}>
        <p>{words.name}</p>
        <p className={css['note']} role="status">
          {facts.filter((part) => part !== '').join(' · ')}
        </p>
      </div>
      {/* The button that was pressed keeps its place and the keyboard: it goes on to what can be done then. */}
      {(fate === undefined || fate.is === 'open') && (
        <Button
          size="small"
          aria-label={t(fate === undefined ? 'drafts.openIt' : 'drafts.goTo', words)}
          onClick={() => (fate === undefined ? onOpen() : show(fate.tab))}
        >
          {t(fate === undefined ? 'drafts.open' : 'drafts.go')}
        </Button>
      )}
      {(fate === undefined || fate.is === 'discarded') && (
        <Button
          size="small"
          kind="quiet"
          aria-label={t(fate === undefined ? 'drafts.discardIt' : 'drafts.takeBack', words)}
          onClick={() => (fate === undefined ? onDiscard() : onTakeBack(fate.takeBack))}
        >
          {t(fate === undefined ? 'drafts.discard' : 'drafts.back')}
        </Button>
      )}
    </li>
  );
}

function nameOf({ name }: ListedDraft): string {
  return name === '' ? t('drafts.unnamed') : name;
}

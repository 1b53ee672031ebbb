// The dialog in which a mask is painted: it opens on the picture of a node and saves into a copy of it.

import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { t } from '../../i18n/t';
import { ask } from '../../ui/ask';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import { suitSize } from './brush';
import { type Opened, openPicture, savePicture } from './files';
import { keyAction } from './keys';
import css from './Mask.module.css';
import { Stage } from './stage';
import { Toolbar } from './Toolbar';
import { closeMask, type MaskTarget, takeMasked, target } from './target';

export function MaskHost() {
  const open = useStore(target, (state) => state.open);
  return open === null ? null : <MaskDialog target={open} />;
}

function MaskDialog({ target: of }: { readonly target: MaskTarget }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const [isSaving, setSaving] = useState(false);
  const title = t('mask.title', { title: of.title });

  useEffect(() => {
    const stop = new AbortController();
    let held: Opened | null = null;
    openPicture(of.picture, stop.signal)
      .then((next) => {
        held = next;
        if (stop.signal.aborted) release(next);
        else setOpened(next);
      })
      .catch((reason: unknown) => {
        if (!stop.signal.aborted) setError(wordsOf(reason));
      });
    return () => {
      stop.abort();
      if (held !== null) release(held);
    };
  }, [of]);

  const leave = async () => {
    if (isSaving) return;
    if (stage?.mask.isChanged === true) {
      const answer = await ask({
        title: t('mask.leaveTitle'),
        text: t('mask.leaveText'),
        closeLabel: t('app.close'),
        choices: [
          { id: 'keep', label: t('mask.keep') },
          { id: 'leave', label: t('mask.leave'), kind: 'danger' },
        ],
      });
      if (answer !== 'leave') return;
    }
    closeMask();
  };
  const save = async () => {
    if (stage === null || isSaving) return;
    // Nothing was painted: the picture has this mask already.
    if (!stage.mask.isChanged) return closeMask();
    setSaving(true);
    try {
      takeMasked(of, await savePicture(of.picture, stage.mask));
      closeMask();
    } catch (reason) {
      setSaving(false);
      toast({ kind: 'error', title: t('mask.saveFailed'), text: wordsOf(reason), key: 'mask' });
    }
  };
  return (
    <Dialog
      title={title}
      closeLabel={t('app.close')}
      onClose={() => void leave()}
      size="full"
      isBare
      footer={
        <>
          <p className={css['hint']}>{t('mask.hint')}</p>
          {isSaving && <Spinner label={t('mask.saving')} />}
          <Button disabled={isSaving} onClick={() => void leave()}>
            {t('mask.cancel')}
          </Button>
          <Button
            kind="primary"
            icon="check"
            disabled={stage === null || isSaving}
            onClick={() => void save()}
          >
            {t('mask.save')}
          </Button>
        </>
      }
    >
      <div className={css['whole']}>
        {error !== null && <Empty icon="alert" title={t('mask.failed')} text={error} />}
        {error === null && opened === null && (
          <div className={css['loading']}>
            <Spinner label={t('mask.loading')} size={28} />
          </div>
        )}
        {opened !== null && <Editor title={title} opened={opened} stage={stage} onStage={setStage} />}
      </div>
    </Dialog>
  );
}

function release({ sources }: Opened): void {
  for (const source of sources) source.close();
}

interface EditorProps {
  readonly title: string;
  readonly opened: Opened;
  readonly stage: Stage | null;
  readonly onStage: (stage: Stage | null) => void;
}

function Editor({ title, opened, stage, onStage }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  const [, redraw] = useState(0);
  const [words, setWords] = useState('');
  const changed = useCallback(() => redraw((count) => count + 1), []);

  useEffect(() => {
    if (host.current === null) return;
    suitSize(opened.mask.width, opened.mask.height);
    const next = new Stage(host.current, opened.mask, opened.sources, {
      changed,
      looked: (look) => setScale(look.scale),
    });
    onStage(next);
    host.current.focus({ preventScroll: true });
    return () => {
      next.destroy();
      onStage(null);
    };
  }, [opened, onStage, changed]);

  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (stage === null) return;
    const isDown = event.type === 'keydown';
    const done = keyAction(event.nativeEvent, isDown, stage, event.target === host.current);
    if (done === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (done !== '') setWords(t(done));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its keys are short ways to its buttons
    <div className={css['whole']} onKeyDown={onKey} onKeyUp={onKey}>
      <Toolbar title={title} stage={stage} scale={scale} />
      <div
        ref={host}
        className={css['stage']}
        role="application"
        aria-label={t('mask.stage')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is painted on, by keys, too
        tabIndex={0}
        data-cursor="brush"
        data-autofocus=""
      />
      <p className="visually-hidden" role="status">
        {words}
      </p>
    </div>
  );
}

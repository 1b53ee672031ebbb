// The search: what is typed is asked for a moment later; what is wrong with it stands below in the server's words; a
// sheet tells what can be searched for, each example at a press.

import { useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { gallery, loadGallery } from '../../stores/gallery';
import { IconButton } from '../../ui/Button';
import { SearchInput } from '../../ui/Field';
import { Popover } from '../../ui/Popover';
import css from './Gallery.module.css';

const CALM = 180;
const EXAMPLES = [
  ['red fox', 'words'],
  ['"red fox"', 'phrase'],
  ['model:sd15', 'model'],
  ['model:="sd15.ckpt"', 'whole'],
  ['seed:42', 'seed'],
  ['sampler:euler', 'sampler'],
  ['steps:>=20', 'steps'],
  ['size:>=1024', 'size'],
  ['size:512x768', 'sides'],
  ['date:2026-01', 'date'],
  ['after:2026-01-15', 'after'],
  ['folder:cats', 'folder'],
  ['rating:>=3', 'rating'],
  ['tag:sky', 'tag'],
  ['star', 'star'],
  ['-rejected', 'not'],
  ['kind:video', 'kind'],
  ['source:fox.png', 'from'],
] as const;

export function SearchField() {
  const query = useStore(gallery, (state) => state.query);
  const error = useStore(gallery, (state) => state.queryError);
  const [text, setText] = useState(query);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef(query);
  const errorId = useId();
  // A filter, or the same gallery elsewhere, changes it, too.
  useEffect(() => {
    if (query !== sent.current) setText(query);
    sent.current = query;
  }, [query]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      void loadGallery({ query: text });
    }, CALM);
    return () => clearTimeout(timer);
  }, [text]);
  const add = (example: string) => {
    setText(text.trim() === '' ? example : `${text.trim()} ${example}`);
    setHelpOpen(false);
    field.current?.focus();
  };
  return (
    <search className={css['search']}>
      <div className={css['field']}>
        <SearchInput
          ref={field}
          label={t('gallery.search')}
          value={text}
          spellCheck={false}
          {...(error === '' ? {} : { 'aria-invalid': true, 'aria-describedby': errorId })}
          onChange={setText}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || text === '') return;
            setText('');
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <Popover
          label={t('gallery.help')}
          align="end"
          isOpen={isHelpOpen}
          onOpenChange={setHelpOpen}
          className={css['help']}
          trigger={<IconButton icon="info" size="small" label={t('gallery.help')} />}
        >
          <p className={css['helpText']}>{t('gallery.helpText')}</p>
          <ul className={css['examples']}>
            {EXAMPLES.map(([example, what]) => (
              <li key={example}>
                <button type="button" className={css['example']} onClick={() => add(example)}>
                  <code>{example}</code>
                  <span>{t(`gallery.help.${what}`)}</span>
                </button>
              </li>
            ))}
          </ul>
        </Popover>
      </div>
      {error !== '' && (
        <p id={errorId} className={css['error']} role="alert">
          {error}
        </p>
      )}
    </search>
  );
}

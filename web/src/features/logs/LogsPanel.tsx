// The server's last lines, as they come.

import { useEffect, useRef, useState } from 'react';
import { api, wordsOf } from '../../api/client';
import { copyText } from '../../app/clipboard';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { SearchInput } from '../../ui/Field';
import css from './LogsPanel.module.css';

interface Entry {
  readonly t: string;
  readonly m: string;
}

const EVERY = 1500;

export function LogsPanel() {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [error, setError] = useState('');
  const [filter, setFilter] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const ask = async () => {
      if (document.visibilityState === 'hidden') return;
      try {
        const { entries: next } = await api.get<{ entries: readonly Entry[] }>('/internal/logs/raw');
        setEntries((before) =>
          before.length === next.length && before.at(-1)?.t === next.at(-1)?.t ? before : next,
        );
        setError('');
      } catch (thrown) {
        setError(wordsOf(thrown));
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), EVERY);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (entries.length > 0 && isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [entries]);
  const wanted = filter.trim().toLowerCase();
  const shown = entries.filter((entry) => entry.m.toLowerCase().includes(wanted));
  return (
    <div className={css['panel']}>
      <div className={css['tools']}>
        <SearchInput label={t('logs.filter')} value={filter} onChange={setFilter} />
        <Button onClick={() => void copyText(shown.map((entry) => entry.m).join(''))} icon="copy">
          {t('logs.copy')}
        </Button>
      </div>
      {error !== '' && <p className={css['error']}>{error}</p>}
      <div
        ref={box}
        className={css['lines']}
        role="log"
        aria-label={t('logs.title')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          isAtEnd.current = at.scrollTop + at.clientHeight >= at.scrollHeight - 24;
        }}
      >
        {shown.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names
          <div key={`${entry.t}-${index}`} className={classes(css['line'], levelOf(entry.m))}>
            <time dateTime={entry.t}>{new Date(entry.t).toLocaleTimeString()}</time>
            {entry.m.trimEnd()}
          </div>
        ))}
      </div>
    </div>
  );
}

function levelOf(line: string): string | undefined {
  if (/^(ERROR|CRITICAL)/.test(line)) return css['bad'];
  return line.startsWith('WARNING') ? css['warning'] : undefined;
}

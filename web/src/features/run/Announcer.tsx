// Tells screen readers what the eye sees in the run bar; not more often than every five seconds.

import { useEffect, useRef, useState } from 'react';
import { titleOf } from '../../core/slots';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { onRunEvent, originOf } from '../../stores/runs';
import { tabOf } from '../../stores/tabs';

const APART = 5000;

export function Announcer() {
  const [words, setWords] = useState('');
  const last = useRef(0);
  useEffect(
    () =>
      onRunEvent((jobId, event) => {
        const say = (text: string, isUrgent: boolean) => {
          if (!isUrgent && Date.now() - last.current < APART) return;
          last.current = Date.now();
          setWords(text);
        };
        if (event.type === 'started') say(t('run.said.started'), true);
        if (event.type === 'succeeded') say(t('run.said.succeeded'), true);
        if (event.type === 'cancelled') say(t('run.said.cancelled'), true);
        if (event.type === 'failed') say(event.error.message, true);
        if (event.type === 'node_progress') {
          const tab = tabOf(originOf(jobId)?.tabId ?? '');
          const node = tab?.doc.graph('').nodes.get(event.display_id);
          const title = node === undefined ? event.display_id : titleOf(node, catalog.getState().types);
          say(t('run.said.progress', { node: title, value: event.value, total: event.total }), false);
        }
      }),
    [],
  );
  return (
    <div className="visually-hidden" aria-live="polite" role="log">
      {words}
    </div>
  );
}

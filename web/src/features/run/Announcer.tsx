// Tells screen readers what the eye sees in the run bar; not more often than every five seconds.

import { useEffect, useRef, useState } from 'react';
import { catalog } from '../../stores/catalog';
import { onRunEvent, originOf } from '../../stores/runs';
import { tabOf } from '../../stores/tabs';
import { wordsOfEvent } from './said';

const APART = 5000;

export function Announcer() {
  const [words, setWords] = useState('');
  const last = useRef(0);
  useEffect(
    () =>
      onRunEvent((jobId, event) => {
        const doc = tabOf(originOf(jobId)?.tabId ?? '')?.doc ?? null;
        const said = wordsOfEvent(event, doc, catalog.getState().types);
        if (said === null || (!said.isUrgent && Date.now() - last.current < APART)) return;
        last.current = Date.now();
        setWords(said.text);
      }),
    [],
  );
  return (
    <div className="visually-hidden" aria-live="polite" role="log">
      {words}
    </div>
  );
}

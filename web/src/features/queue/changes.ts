// What a job changed against the one before it, and a picture of what it made: asked for only for rows that are looked
// at, a few at a time, and kept.

import { useEffect, useState } from 'react';
import { listAssets, mediumOf, thumbUrl } from '../../api/assets';
import { readJobWorkflow } from '../../api/jobs';
import { diffPrompts, type RunDiff, wordsOfValue } from '../../core/diff';
import type { JsonObject } from '../../core/json';
import { t } from '../../i18n/t';

const MOST_KEPT = 200;
const AT_A_TIME = 2;
/** A row that is only scrolled past asks for nothing. */
const LOOKED_AT = 200;

/** Answers by key: asked for once, the latest kept. */
export class Kept<T> {
  readonly #ask: (key: string) => Promise<T>;
  readonly #most: number;
  readonly #answers = new Map<string, Promise<T>>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(ask: (key: string) => Promise<T>, most = MOST_KEPT) {
    this.#ask = ask;
    this.#most = most;
  }

  get(key: string): Promise<T> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#inTurn(key);
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) break;
      this.#answers.delete(old);
    }
    return answer;
  }

  async #inTurn(key: string): Promise<T> {
    if (this.#busy >= AT_A_TIME) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy += 1;
    try {
      return await this.#ask(key);
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }
}

const prompts = new Kept<JsonObject>(async (id) => (await readJobWorkflow(id)).prompt as JsonObject, 40);

const changes = new Kept<RunDiff>(async (key) => {
  const [id = '', before = ''] = key.split(' ');
  const [now, then] = await Promise.all([prompts.get(id), prompts.get(before)]);
  return diffPrompts(then, now);
});

const pictures = new Kept<string | null>(async (jobId) => {
  const { assets } = await listAssets({ jobId, limit: 20 });
  const picture =
    assets.find((asset) => asset.kind === 'output' && mediumOf(asset) === 'picture') ??
    assets.find((asset) => mediumOf(asset) === 'picture');
  return picture === undefined ? null : thumbUrl(picture);
});

function useAnswer<T>(kept: Kept<T>, key: string | null): T | null {
  const [answer, setAnswer] = useState<{ readonly key: string; readonly value: T } | null>(null);
  useEffect(() => {
    if (key === null) return;
    let isOver = false;
    const timer = setTimeout(() => {
      kept.get(key).then(
        (value) => {
          if (!isOver) setAnswer({ key, value });
        },
        () => {}, // the row goes without
      );
    }, LOOKED_AT);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [kept, key]);
  return answer !== null && answer.key === key ? answer.value : null;
}

/** The picture of a job that has ended; null until it is known, and where there is none. */
export function usePicture(jobId: string | null): string | null {
  return useAnswer(pictures, jobId);
}

/** What a job changed, in lines; null until it is known, and where nothing came before. */
export function useChanges(jobId: string, before: string | null): readonly string[] | null {
  const diff = useAnswer(changes, before === null ? null : `${jobId} ${before}`);
  return diff === null ? null : linesOf(diff);
}

const LONGEST = 28;

/** One line for each changed input, and one each for nodes that came or went. */
export function linesOf({ changes: changed, added, removed }: RunDiff): string[] {
  const lines = changed.map(({ title, input, a, b }) =>
    t('queue.changed', { title, input, before: brief(wordsOfValue(a)), after: brief(wordsOfValue(b)) }),
  );
  if (added.length > 0) lines.push(t('queue.addedNodes', { count: added.length }));
  if (removed.length > 0) lines.push(t('queue.removedNodes', { count: removed.length }));
  return lines;
}

/** Long texts that differ only far behind their beginning would look the same: their ends are shown, too. */
function brief(text: string): string {
  const half = LONGEST / 2;
  return text.length <= LONGEST ? text : `${text.slice(0, half)}…${text.slice(1 - half)}`;
}

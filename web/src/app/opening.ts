// A workflow on its way to the canvas, told where that takes long: what is being done, how far it is, and how to stop it.
// Some of the work cannot be done in parts: before that, the page is given the time to show the note.

import { createStore } from 'zustand/vanilla';
import { pause } from './pause';

/** In the order in which they come; some openings have not all of them. */
export type OpeningStep = 'fetch' | 'read' | 'layOut' | 'build' | 'draw';

export interface OpeningNote {
  readonly number: number;
  readonly name: string;
  readonly step: OpeningStep;
  /** From 0 to 1; null where there is no measure. */
  readonly done: number | null;
  readonly stop: () => void;
}

export const openings = createStore<{ readonly notes: readonly OpeningNote[] }>(() => ({ notes: [] }));

/** What is done by then nobody needs to be told of. In milliseconds. */
const PATIENCE = 300;
/** A note that is seen can be read, or it only flickers. */
const LEAST_SEEN = 500;
/** Letters of JSON, and nodes with links, that take about as long. */
const LONG = { letters: 3 * 2 ** 20, parts: 15_000 } as const;
/** How far an opening is when a step begins, where it takes long; nobody knows how long a server takes to answer. */
const BEGUN = { read: 0.05, layOut: 0.35, build: 0.35, draw: 0.5 } as const;

let count = 0;

export class Opening {
  readonly #name: string;
  readonly #stopped = new AbortController();
  readonly #began = performance.now();
  readonly #timer: ReturnType<typeof setTimeout>;
  #note: OpeningNote;
  #shownAt: number | null = null;

  constructor(name: string) {
    this.#name = name;
    count += 1;
    const stop = () => this.#stop();
    this.#note = { number: count, name, step: 'fetch', done: null, stop };
    this.#timer = setTimeout(() => this.#show(), PATIENCE);
  }

  get name(): string {
    return this.#name;
  }

  /** Aborted when the user stops it: give it to what waits for others. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Whether it was stopped: then nothing is to be said of it. */
  get isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /**
   * Begin with something that may keep the page busy; the user sees that first, where it takes long.
   *
   * @param size letters of what is read, or nodes and links of what is built, where they are known
   * @param part how much of the step is done, from 0 to 1
   *
   * Throws an `AbortError` where the user has stopped it.
   */
  async begin(
    step: Exclude<OpeningStep, 'fetch'>,
    { letters = 0, parts = 0, part = 0 }: { letters?: number; parts?: number; part?: number } = {},
  ): Promise<void> {
    const from = BEGUN[step];
    const done = from + part * ((step === 'draw' ? 1 : step === 'read' ? BEGUN.build : BEGUN.draw) - from);
    this.#note = { ...this.#note, step, done };
    const isLong = letters > LONG.letters || parts > LONG.parts;
    if (this.#shownAt !== null || isLong || performance.now() - this.#began > PATIENCE) {
      this.#show();
      await painted();
    } else await pause();
    this.#stopped.signal.throwIfAborted();
  }

  /** It is open, or will not be. The note stays until what it was about can be seen. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#shownAt === null) return;
    await painted();
    const left = this.isStopped ? 0 : this.#shownAt + LEAST_SEEN - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    this.#hide();
  }

  #stop(): void {
    this.#stopped.abort();
    this.#hide();
  }

  #show(): void {
    if (this.isStopped) return;
    this.#shownAt ??= performance.now();
    const note = this.#note;
    openings.setState(({ notes }) => ({
      notes: notes.some(({ number }) => number === note.number)
        ? notes.map((each) => (each.number === note.number ? note : each))
        : [...notes, note],
    }));
  }

  #hide(): void {
    clearTimeout(this.#timer);
    openings.setState(({ notes }) => ({ notes: notes.filter(({ number }) => number !== this.#note.number) }));
  }
}

/** Open something under a note of its own. Rejects with an `AbortError` where the user has stopped it. */
export async function withNote<T>(name: string, open: (opening: Opening) => Promise<T>): Promise<T> {
  const opening = new Opening(name);
  try {
    return await open(opening);
  } finally {
    void opening.end();
  }
}

/** Whether an error says that the user wanted no more of it. */
export function isStop(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What was told is on the screen; a page that nobody sees paints nothing. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 200);
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(late);
        resolve();
      }),
    );
  });
}

// Questions from code: a choice (`ask`), or a line of text (`askText`), in a dialog over everything else.

import { type ReactNode, useSyncExternalStore } from 'react';
import { lazily } from './lazily';

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly kind?: 'plain' | 'primary' | 'danger';
}

export interface Question {
  readonly number: number;
  readonly title: string;
  readonly text?: ReactNode;
  readonly choices: readonly Choice[];
  readonly closeLabel: string;
  readonly field?: {
    readonly label: string;
    readonly value: string;
    readonly canBeEmpty?: boolean;
    /** Take what was written: null if that was done, else why not, which the field tells while the dialog stays. */
    readonly attempt?: (text: string) => string | null | Promise<string | null>;
  };
  readonly answer: (id: string | null, text: string) => void;
}

let questions: readonly Question[] = [];
const watchers = new Set<() => void>();

function setQuestions(next: readonly Question[]): void {
  questions = next;
  for (const watcher of watchers) watcher();
}

type Asked = Omit<Question, 'answer' | 'number'>;
let count = 0;

function nextNumber(): number {
  count += 1;
  return count;
}

/** Ask; the id of the choice, or null if the dialog was left. */
export function ask(question: Omit<Asked, 'field'>): Promise<string | null> {
  return new Promise((resolve) => {
    const own: Question = {
      ...question,
      number: nextNumber(),
      answer: (id) => {
        setQuestions(questions.filter((each) => each !== own));
        resolve(id);
      },
    };
    setQuestions([...questions, own]);
  });
}

/** Ask for a line of text; null if the dialog was left. */
export function askText(
  question: Asked & { readonly field: NonNullable<Question['field']> },
): Promise<string | null> {
  return new Promise((resolve) => {
    const own: Question = {
      ...question,
      number: nextNumber(),
      answer: (id, text) => {
        setQuestions(questions.filter((each) => each !== own));
        resolve(id === null || id === 'cancel' ? null : text);
      },
    };
    setQuestions([...questions, own]);
  });
}

export function useQuestions(): readonly Question[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => questions,
  );
}

/** Rendered once by the application. */
export const QuestionHost = lazily(
  () => import('./Questions').then((module) => module.Questions),
  () => useQuestions().length > 0,
);

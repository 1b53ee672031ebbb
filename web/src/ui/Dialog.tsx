// A dialog over everything else. Opened by state (`Dialog`), or by a question in code (`ask`, `askText`).

import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useId, useState, useSyncExternalStore } from 'react';
import { Button } from './Button';
import { classes } from './classes';
import css from './Dialog.module.css';
import { Field, TextInput } from './Field';
import { Icon } from './Icon';

export interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly size?: 'small' | 'medium' | 'large' | 'full';
  readonly description?: ReactNode;
  readonly footer?: ReactNode;
  /** The title is for screen readers only; the content brings its own head. */
  readonly isBare?: boolean;
  readonly children?: ReactNode;
}

/** Shown while it is rendered. */
export function Dialog(props: DialogProps) {
  const {
    title,
    closeLabel,
    onClose,
    size = 'medium',
    description,
    footer,
    isBare = false,
    children,
  } = props;
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        {/* Not Radix' own overlay: that one writes a style sheet into the page, which our policy forbids. */}
        <div className={css['scrim']} />
        <Radix.Content
          className={classes(css['dialog'], css[size])}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={(event) => {
            const sheet = event.currentTarget as HTMLElement;
            const first = sheet.querySelector<HTMLElement>(
              '[data-autofocus], input, textarea, footer button:last-child',
            );
            event.preventDefault();
            (first ?? sheet).focus();
          }}
        >
          <header className={isBare ? 'visually-hidden' : css['head']}>
            <Radix.Title className={css['title']}>{title}</Radix.Title>
            {!isBare && (
              // No tooltip: Escape would close that first.
              <button type="button" className={css['close']} aria-label={closeLabel} onClick={onClose}>
                <Icon name="close" />
              </button>
            )}
          </header>
          {description !== undefined && (
            <Radix.Description className={css['description']}>{description}</Radix.Description>
          )}
          {children !== undefined && (
            // It scrolls, by keys, too.
            <div className={isBare ? css['bare'] : css['body']} {...(isBare ? {} : { tabIndex: 0 })}>
              {children}
            </div>
          )}
          {footer !== undefined && <footer className={css['foot']}>{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

// -- questions -------------------------------------------------------------------------------------------------------

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly kind?: 'plain' | 'primary' | 'danger';
}

interface Question {
  readonly number: number;
  readonly title: string;
  readonly text?: ReactNode;
  readonly choices: readonly Choice[];
  readonly closeLabel: string;
  readonly field?: { readonly label: string; readonly value: string; readonly canBeEmpty?: boolean };
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

export function QuestionHost() {
  const open = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => questions,
  );
  return open.map((question) => <QuestionDialog key={question.number} question={question} />);
}

function QuestionDialog({ question }: { readonly question: Question }) {
  const [text, setText] = useState(question.field?.value ?? '');
  const form = useId();
  const last = question.choices.at(-1);
  return (
    <Dialog
      title={question.title}
      closeLabel={question.closeLabel}
      size="small"
      onClose={() => question.answer(null, text)}
      {...(question.text === undefined ? {} : { description: question.text })}
      footer={question.choices.map((choice) => (
        <Button
          key={choice.id}
          kind={choice.kind ?? 'plain'}
          {...(choice === last && question.field !== undefined
            ? { type: 'submit' as const, form }
            : { onClick: () => question.answer(choice.id, text) })}
        >
          {choice.label}
        </Button>
      ))}
    >
      {question.field !== undefined && (
        <form
          id={form}
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '' || question.field?.canBeEmpty === true)
              question.answer(last?.id ?? null, text.trim());
          }}
        >
          <Field label={question.field.label}>
            {(id) => (
              <TextInput
                id={id}
                value={text}
                autoFocus
                spellCheck={false}
                onFocus={(event) => event.target.select()}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        </form>
      )}
    </Dialog>
  );
}

// The dialogs of questions that are asked from code.

import { useId, useState } from 'react';
import { type Question, useQuestions } from './ask';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Field, TextInput } from './Field';

export function Questions() {
  return useQuestions().map((question) => <QuestionDialog key={question.number} question={question} />);
}

function QuestionDialog({ question }: { readonly question: Question }) {
  const [text, setText] = useState(question.field?.value ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useId();
  const last = question.choices.at(-1);
  const submit = async () => {
    const { field } = question;
    const own = text.trim();
    if (isBusy || (own === '' && field?.canBeEmpty !== true)) return;
    setBusy(true);
    const refusal = (await field?.attempt?.(own)) ?? null;
    setBusy(false);
    setProblem(refusal);
    if (refusal === null) question.answer(last?.id ?? null, own);
  };
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
            void submit();
          }}
        >
          <Field label={question.field.label} error={problem}>
            {(id) => (
              <TextInput
                id={id}
                value={text}
                autoFocus
                spellCheck={false}
                aria-invalid={problem !== null}
                aria-busy={isBusy}
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

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

// The question before what takes something away: the word for doing it, or not.

import { t } from '../i18n/t';
import { ask } from '../ui/ask';

export interface Deed {
  readonly title: string;
  readonly text?: string;
  /** What the button says that does it. */
  readonly label: string;
}

/** Whether the user wants it; leaving the question is a no. */
export async function isSure({ title, text, label }: Deed): Promise<boolean> {
  const choice = await ask({
    title,
    ...(text === undefined ? {} : { text }),
    closeLabel: t('app.close'),
    choices: [
      { id: 'no', label: t('app.cancel') },
      { id: 'yes', label, kind: 'danger' },
    ],
  });
  return choice === 'yes';
}

// A report of what is wrong, to be handed on: in the server's words, and without what says who the user is.

import { t } from '../../i18n/t';
import type { Problem } from './problems';

/** Paths of the home directory say who the user is, also where each back-slash is written twice, and with spaces. */
export function withoutHome(text: string): string {
  return text
    .replace(/(\/(?:home|Users)\/)(?:[^/\s"']+(?=\/)|[^/\n"']+(?=\/)|[^/\s"']+)/g, '$1…')
    .replace(/([A-Za-z]:(\\+)Users\\+)(?:[^\\\s"']+(?=\\)|[^\\\n"']+(?=\\)|[^\\\s"']+)/g, '$1…');
}

/** `about` says of which workflow and run it is; `before` are lines that come before the problems. */
export function reportOf(about: string, before: readonly string[], problems: readonly Problem[]): string {
  const lines = problems.map(({ title, nodeId, input, message, details, error }) =>
    [
      `${title} (${nodeId})${input === '' ? '' : ` > ${input}`}: ${message}`,
      message.includes(details) ? '' : details,
      Object.entries(error?.inputs ?? {})
        .map(([name, value]) => `  ${name} = ${value}`)
        .join('\n'),
      error?.traceback?.join('\n') ?? '',
    ]
      .filter((part) => part !== '')
      .join('\n'),
  );
  return withoutHome([`${t('app.name')}: ${about}`.trim(), ...before, ...lines].join('\n\n'));
}

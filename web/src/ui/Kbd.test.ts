import { expect, it } from 'vitest';
import { keyParts } from './Kbd';

it.each([
  ['Ctrl+Shift+K', ['Ctrl', 'Shift', 'K']],
  ['Alt+=', ['Alt', '=']],
  ['+', ['+']],
  ['Ctrl++', ['Ctrl', '+']],
  ['Shift+ArrowLeft', ['Shift', '←']],
])('%s', (keys, parts) => expect(keyParts(keys)).toEqual(parts));

// Whether a value is one of those that an input offers. What is not stays as it is, and is marked wherever it is shown.

import type { InputType } from '../core/catalog';
import { meansChoice } from '../core/choices';
import type { Json } from '../core/json';
import { widgetHost } from './host';

/** Without a list, everything is. */
export function isOffered(value: Json, input: InputType | null): boolean {
  if (input?.choices == null) return true;
  if (input.image_upload && typeof value === 'string' && widgetHost.isFresh(value)) return true;
  if (input.choices_from !== null && typeof value === 'string' && / \[(input|output|temp)\]$/.test(value))
    return true;
  return meansChoice(value, input.choices) || (value === '' && input.choices.length === 0);
}

/** Of a value on a node: false where a list is known that does not have it. Lists to be asked for are not known here. */
export function isOfferedHere(value: Json, input: InputType | null): boolean {
  if (input?.type !== 'COMBO' || input.options['remote'] !== undefined || typeof value === 'object')
    return true;
  return isOffered(value, input);
}

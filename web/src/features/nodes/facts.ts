// What a node type says of an input, in a line: range, step, default.

import type { InputType } from '../../core/catalog';
import { isNumeric, numberText } from '../../core/numbers';
import { t } from '../../i18n/t';

export function inputFacts(input: InputType): string {
  const parts: string[] = [];
  if (!input.required) parts.push(t('tip.optional'));
  if (input.is_list) parts.push(t('tip.list'));
  if (input.min !== null && input.max !== null)
    parts.push(t('tip.range', { min: numberText(input.min, input), max: numberText(input.max, input) }));
  else if (input.min !== null) parts.push(t('tip.least', { min: numberText(input.min, input) }));
  else if (input.max !== null) parts.push(t('tip.most', { max: numberText(input.max, input) }));
  if (input.step !== null && (input.type === 'INT' || input.type === 'FLOAT'))
    parts.push(t('tip.step', { step: input.step }));
  if (input.choices !== null && input.is_widget)
    parts.push(t('tip.choices', { count: input.choices.length }));
  if (input.has_default && input.default !== null && input.default !== '') {
    const value = isNumeric(input.default) ? numberText(input.default, input) : String(input.default);
    parts.push(t('tip.default', { value: value.length > 60 ? `${value.slice(0, 59)}…` : value }));
  }
  return parts.join(' · ');
}

// Words that stand on nodes, whether they have an element or are painted.

import type { FoldPlace } from '../../core/geometry';
import { asArray, asString } from '../../core/json';
import { isNumeric, numberText } from '../../core/numbers';
import type { Widget } from '../../core/slots';
import { clock } from '../../core/words';
import { t } from '../../i18n/t';
import { colourText } from '../../widgets/Color';

export function foldWords({ count, isUnfolded }: FoldPlace): string {
  return isUnfolded ? t('node.fewer') : t('node.more', { count });
}

/** The value of a widget as its field says it. */
export function valueWords({ input, value }: Widget): string {
  const list = asArray(value);
  if (list !== null) return list.filter((each) => typeof each !== 'object').join(', ');
  if (typeof value === 'object') return '';
  if (typeof value === 'boolean')
    return value
      ? (asString(input?.options['label_on']) ?? t('widget.on'))
      : (asString(input?.options['label_off']) ?? t('widget.off'));
  if (isNumeric(value)) return input?.display === 'color' ? colourText(value) : numberText(value, input);
  return value === '' && input?.type === 'COMBO' ? t('widget.none') : String(value);
}

/** 15 ms, 3.2 s, 48 s, 2:05, 1:02:05. */
export function timeWords(seconds: number): string {
  if (seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  return clock(seconds);
}

// Words that stand on nodes, whether they have an element or are painted.

import type { FoldPlace } from '../../core/geometry';
import { t } from '../../i18n/t';

export function foldWords({ count, isUnfolded }: FoldPlace): string {
  return isUnfolded ? t('node.fewer') : t('node.more', { count });
}

/** 15 ms, 3.2 s, 48 s, 2:05, 1:02:05. */
export function timeWords(seconds: number): string {
  if (seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

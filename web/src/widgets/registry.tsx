// Which kind of widget shows which input.

import type { FC } from 'react';
import type { InputType } from '../core/catalog';
import type { Json } from '../core/json';
import type { WidgetProps } from './types';
import { Unknown } from './Unknown';

/** The component for a value. */
export function widgetFor(_input: InputType | null, _value: Json): FC<WidgetProps> {
  return Unknown;
}

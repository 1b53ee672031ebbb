// Which kind of widget shows which input.

import type { FC } from 'react';
import { hasControl, type InputType, isMulti } from '../core/catalog';
import { isColour } from '../core/colour';
import { asArray, asObject, type Json } from '../core/json';
import { isNumeric } from '../core/numbers';
import { Color } from './Color';
import { Combo } from './Combo';
import { ImagePick } from './ImagePick';
import { Markdown } from './Markdown';
import { MultiSelect } from './MultiSelect';
import { Knob, NumberField, Slider } from './NumberField';
import { PromptText } from './PromptText';
import { RemoteField } from './Remote';
import { Seed } from './Seed';
import { Line, Text } from './Text';
import { Toggle } from './Toggle';
import type { WidgetProps } from './types';
import { Unknown } from './Unknown';

export const KINDS = {
  number: NumberField,
  slider: Slider,
  knob: Knob,
  seed: Seed,
  toggle: Toggle,
  combo: Combo,
  multi: MultiSelect,
  image: ImagePick,
  remote: RemoteField,
  line: Line,
  text: Text,
  prompt: PromptText,
  colour: Color,
  markdown: Markdown,
  unknown: Unknown,
} as const satisfies Readonly<Record<string, FC<WidgetProps>>>;
export type WidgetKind = keyof typeof KINDS;

/** The kind for an input; values of another sort than the input wants keep the kind, which shows that they are wrong. */
export function kindOf(input: InputType | null, value: Json): WidgetKind {
  if (input === null) return 'unknown';
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'unknown';
  if (isColour(input)) return 'colour';
  switch (input.type) {
    case 'INT':
    case 'FLOAT':
      if (hasControl(input)) return 'seed';
      // Without ends there is no scale.
      if (
        (input.display === 'slider' || input.display === 'knob') &&
        input.min !== null &&
        input.max !== null
      )
        return input.display;
      return 'number';
    case 'BOOLEAN':
      return 'toggle';
    case 'COMBO':
      if (asObject(input.options['remote']) !== null) return 'remote';
      if (input.image_upload) return 'image';
      if (isMulti(input) || asArray(value) !== null) return 'multi';
      return hasControl(input) ? 'seed' : 'combo';
    case 'STRING':
      if (input.options['markdown'] === true) return 'markdown';
      if (!input.multiline)
        return isNumeric(value) || typeof value === 'string' || value === null ? 'line' : 'unknown';
      return input.dynamic_prompts ? 'prompt' : 'text';
    default:
      return typeof value === 'string' ? 'line' : 'unknown';
  }
}

/** The component for a value. */
export function widgetFor(input: InputType | null, value: Json): FC<WidgetProps> {
  return KINDS[kindOf(input, value)];
}

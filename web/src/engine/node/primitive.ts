// What a primitive node holds, shown as what it is for: its value as the input that takes it, and what happens to it before
// each run. Its own type says nothing of either.

import type { InputType } from '../../core/catalog';
import { CONTROLS } from '../../core/seed';
import type { NodeShape, Widget } from '../../core/slots';
import { t } from '../../i18n/t';

/** The shape of a primitive node that gives its value to an input. */
export function primitiveShape(shape: NodeShape, fed: InputType): NodeShape {
  return { ...shape, widgets: shape.widgets.map((widget) => primitiveWidget(widget, fed)) };
}

/** The value, and below it what happens to it before each run. */
function primitiveWidget(widget: Widget, fed: InputType): Widget {
  if (widget.name === '0') {
    // It stands here alone: nothing of it is folded away.
    const options = { ...fed.options, advanced: undefined, hidden: undefined };
    return { ...widget, label: fed.name, input: { ...fed, ...NO_CONTROL, options } };
  }
  const choice = { type: 'COMBO', choices: CONTROLS, display: null, multiline: false, image_upload: false };
  const input: InputType = { ...fed, ...NO_CONTROL, ...choice, choices_from: null, options: {} };
  return widget.name === '1' ? { ...widget, label: t('seed.each'), input } : widget;
}

const NO_CONTROL = { name: 'value', seed_control: false } as const;

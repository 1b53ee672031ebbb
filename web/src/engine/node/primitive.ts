// What a primitive node holds, shown as what it is for: its value as the input that takes it, and what happens to it before
// each run. Its own type says nothing of either.

import type { InputType } from '../../core/catalog';
import { CONTROLS } from '../../core/seed';
import { typeNameOf, type Widget } from '../../core/slots';
import type { NodeId } from '../../core/types';
import { t } from '../../i18n/t';
import type { GraphView } from '../GraphView';

/** The input that a primitive node gives its value to; it says what the value may be. Null for all other nodes. */
export function primitiveTarget({ scene }: Pick<GraphView, 'scene'>, id: NodeId): InputType | null {
  if (scene === null || typeNameOf(scene.node(id) ?? {}) !== 'PrimitiveNode') return null;
  for (const each of scene.linksOf(id)) {
    const link = scene.graph.links.get(each);
    if (link?.from !== id) continue;
    const shape = scene.shape(link.to);
    const name = shape?.inputs.find((slot) => slot.link === link.id)?.name;
    const input = shape?.type?.inputs.find((other) => other.name === name);
    if (input !== undefined) return input;
  }
  return null;
}

/** The value, and below it what happens to it before each run. */
export function primitiveWidget(widget: Widget, fed: InputType): Widget {
  if (widget.name === '0') {
    // It stands here alone: nothing of it is folded away.
    const options = { ...fed.options, advanced: undefined, hidden: undefined };
    return { ...widget, label: fed.name, input: { ...fed, ...NO_CONTROL, options } };
  }
  const choice = { type: 'COMBO', choices: CONTROLS, display: null, multiline: false, image_upload: false };
  const input: InputType = { ...fed, ...NO_CONTROL, ...choice, choices_from: null, options: {} };
  return widget.name === '1' ? { ...widget, label: t('seed.before'), input } : widget;
}

const NO_CONTROL = { name: 'value', seed_control: false } as const;

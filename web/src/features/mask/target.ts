// Which picture is being masked: the one that an input of a node holds.

import { createStore } from 'zustand/vanilla';
import { view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import type { GraphDoc } from '../../core/doc';
import { setValue } from '../../core/edit';
import { type PictureInput, type PictureRef, pictureInputs, pictureRef } from '../../core/picture';
import { titleOf } from '../../core/slots';
import type { NodeId, Scope } from '../../core/types';
import { t } from '../../i18n/t';

export interface MaskTarget {
  readonly doc: GraphDoc;
  readonly scope: Scope;
  readonly node: NodeId;
  readonly type: NodeType;
  readonly input: string;
  readonly title: string;
  readonly picture: PictureRef;
}

export const target = createStore<{ readonly open: MaskTarget | null }>(() => ({ open: null }));

/** The pictures of a node on the screen that can be masked. */
export function picturesOf(node: NodeId): readonly PictureInput[] {
  const shape = view.scene?.shape(node);
  return shape === undefined || shape.type === null ? [] : pictureInputs(shape);
}

/** Open the picture of an input; without its name, the first one that the node has. */
export function openMask(node: NodeId, input?: string): void {
  const held = picturesOf(node).find(({ widget }) => input === undefined || widget.name === input);
  const [doc, shape] = [view.doc, view.scene?.shape(node)];
  const record = view.scene?.graph.nodes.get(node);
  if (held === undefined || doc === null || shape?.type == null || record === undefined) return;
  target.setState({
    open: {
      doc,
      scope: view.scope,
      node,
      type: shape.type,
      input: held.widget.name,
      title: titleOf(record, view.catalog),
      picture: pictureRef(held.value, held.input.choices_from),
    },
  });
}

export function closeMask(): void {
  target.setState({ open: null });
}

/** Give the input its masked picture, as one step of undo. */
export function takeMasked({ doc, scope, node, type, input }: MaskTarget, value: string): void {
  doc.seal();
  doc.edit(t('mask.step'), scope, (tx) => setValue(tx, node, type, input, value));
  doc.seal();
}

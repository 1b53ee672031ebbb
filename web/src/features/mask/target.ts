// Which picture is being masked: the one that an input of a node holds.

import { createStore } from 'zustand/vanilla';
import { view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import type { GraphDoc } from '../../core/doc';
import { setValue } from '../../core/edit';
import { type PictureInput, type PictureRef, pictureInput, pictureRef } from '../../core/picture';
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

/** The picture of a node on the screen, if it has one that can be masked. */
export function pictureOf(node: NodeId): PictureInput | null {
  const shape = view.scene?.shape(node);
  return shape === undefined || shape.type === null ? null : pictureInput(shape);
}

export function openMask(node: NodeId): void {
  const [held, doc, shape] = [pictureOf(node), view.doc, view.scene?.shape(node)];
  const record = view.scene?.graph.nodes.get(node);
  if (held === null || doc === null || shape?.type == null || record === undefined) return;
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

// What every kind of widget is given, and what it may ask of the rest of the application.

import type { InputType } from '../core/catalog';
import type { Json } from '../core/json';
import type { NodeId } from '../core/types';

export interface WidgetProps {
  /** Unique on the page; for labels and lists that belong to it. */
  readonly id: string;
  readonly node: NodeId;
  readonly name: string;
  readonly label: string;
  readonly value: Json;
  /** What the node type says of it; null where the type is not known. */
  readonly input: InputType | null;
  /** What happens to a seed after a run, if this is one. */
  readonly control: string | null;
  readonly isReadOnly: boolean;
  /** In a panel of its own: taller, and with room for what does not fit on a node. */
  readonly isRoomy: boolean;
  /** Take over a value. Changes that follow each other quickly are one step of undo until `onSettle`. */
  readonly onChange: (value: Json) => void;
  readonly onSettle: () => void;
  /** Take back what `onChange` did since `onSettle`, as if it had never been. */
  readonly onAbandon: () => void;
  readonly onControl: (control: string) => void;
}

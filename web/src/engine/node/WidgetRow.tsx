// One widget of a node in its place: the field, or, where a link gives the value, what it is linked to.

import { memo, useCallback } from 'react';
import type { InSlot, Widget } from '../../core/slots';
import type { NodeId } from '../../core/types';
import { t } from '../../i18n/t';
import { classes } from '../../ui/classes';
import { widgetFor } from '../../widgets/registry';
import type { GraphView } from '../GraphView';
import { abandonValue, editControl, editValue } from './edits';
import css from './node.module.css';
import { Dot } from './SlotRow';

export interface WidgetRowProps {
  readonly view: GraphView;
  readonly node: NodeId;
  readonly widget: Widget;
  readonly control: string | null;
  readonly slot: InSlot | null;
  /** Title of the node that feeds it; null if nothing does. */
  readonly source: string | null;
  readonly top: number;
  readonly height: number;
  readonly isReadOnly: boolean;
  readonly error: string | null;
  /** It is a text whose lower edge can be dragged. */
  readonly hasEdge: boolean;
}

export const WidgetRow = memo(
  function WidgetRow(props: WidgetRowProps) {
    const { view, node, widget, control, slot, source, top, height, isReadOnly, error, hasEdge } = props;
    const { name, label, input, value } = widget;
    const onChange = useCallback(
      (next: typeof value) => editValue(view, node, name, next),
      [view, node, name],
    );
    const onSettle = useCallback(() => view.doc?.seal(), [view]);
    const onAbandon = useCallback(() => abandonValue(view, node, name), [view, node, name]);
    const onControl = useCallback((next: string) => editControl(view, node, name, next), [view, node, name]);
    const Kind = widgetFor(input, value);
    return (
      <div
        className={classes(css['widget'], error !== null && css['widgetFailed'])}
        style={{ top, height }}
        data-widget={name}
        data-input={name}
      >
        {slot !== null && (
          <span className={classes(css['widgetDot'], source === null && css['widgetDotIdle'])}>
            <Dot type={slot.type} isList={slot.isList} isOptional isLinked={source !== null} />
          </span>
        )}
        {source !== null ? (
          <div className={css['fed']}>
            <span className={css['fedLabel']}>{label}</span>
            <span className={css['fedSource']}>{t('widget.from', { title: source })}</span>
          </div>
        ) : (
          <div className={css['field']} data-field="">
            <Kind
              id={`w-${node}-${name}`}
              isRoomy={false}
              {...{ node, name, label, value, input, control, isReadOnly }}
              {...{ onChange, onSettle, onAbandon, onControl }}
            />
          </div>
        )}
        {hasEdge && <span className={css['textEdge']} data-text-edge={name} aria-hidden="true" />}
      </div>
    );
  },
  (before, after) =>
    before.view === after.view &&
    before.node === after.node &&
    before.widget.name === after.widget.name &&
    before.widget.label === after.widget.label &&
    before.widget.value === after.widget.value &&
    before.widget.input === after.widget.input &&
    before.control === after.control &&
    before.source === after.source &&
    before.slot?.link === after.slot?.link &&
    before.slot?.type === after.slot?.type &&
    before.top === after.top &&
    before.height === after.height &&
    before.isReadOnly === after.isReadOnly &&
    before.error === after.error &&
    before.hasEdge === after.hasEdge,
);

// Everything about what is selected: title, colour, mode, values; for one node also what its type is and takes. What is
// set here for several nodes is set for all of them in one step.

import { useEffect, useReducer, useState } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { view } from '../../app/view';
import { setControl, setValue } from '../../core/edit';
import { asString, type JsonObject } from '../../core/json';
import { BYPASSED, MUTED, modeOf, type NodeShape, titleOf, type Widget } from '../../core/slots';
import type { NodeId } from '../../core/types';
import { controlsOf } from '../../core/values';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Empty } from '../../ui/Empty';
import { Field, Select, TextInput } from '../../ui/Field';
import { widgetFor } from '../../widgets/registry';
import { COLOURS, paintSelection, setTitle } from '../nodes/api';
import css from './Inspector.module.css';
import { NodeHelp } from './NodeHelp';

interface Inspected {
  readonly id: NodeId;
  readonly node: JsonObject;
  readonly shape: NodeShape;
}

export function Inspector() {
  useSelection();
  const found = [...view.selected].flatMap((id): Inspected[] => {
    const [node, shape] = [view.scene?.graph.nodes.get(id), view.scene?.shape(id)];
    return node === undefined || shape === undefined ? [] : [{ id, node, shape }];
  });
  const [first] = found;
  if (first === undefined)
    return <Empty icon="node" title={t('inspector.empty')} text={t('inspector.emptyText')} />;
  const isOne = found.length === 1;
  return (
    <div className={css['inspector']}>
      <div className={css['part']}>
        {isOne ? (
          <Title key={first.id} id={first.id} title={titleOf(first.node, view.catalog)} />
        ) : (
          <h3 className={css['several']}>{t('inspector.several', { count: found.length })}</h3>
        )}
        <Mode found={found} />
        <Colours found={found} />
      </div>
      <Values found={found} />
      {isOne && first.shape.type !== null && <NodeHelp type={first.shape.type} />}
    </div>
  );
}

/** Rendered again when the selection, the document or the tab changes. */
function useSelection(): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const active = useStore(tabs, (state) => state.active);
  useEffect(() => bus.on('selection', redraw), []);
  useEffect(() => bus.on('shown', redraw), []);
  useEffect(() => {
    const tab = tabs.getState().tabs.find((each) => each.id === active);
    return tab?.doc.watch(redraw);
  }, [active]);
}

function Title({ id, title }: { readonly id: NodeId; readonly title: string }) {
  const [text, setText] = useState<string | null>(null);
  return (
    <Field label={t('inspector.name')}>
      {(field) => (
        <TextInput
          id={field}
          value={text ?? title}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => {
            if (text !== null) setTitle('node', id, text.trim());
            setText(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            event.stopPropagation();
          }}
        />
      )}
    </Field>
  );
}

function Mode({ found }: { readonly found: readonly Inspected[] }) {
  const modes = new Set(found.map(({ node }) => modeOf(node)));
  const [mode] = modes;
  const value = modes.size === 1 ? String(mode) : '';
  const options = [
    ...(value === '' ? [{ value: '', label: t('inspector.mixed') }] : []),
    { value: '0', label: t('inspector.always') },
    { value: String(MUTED), label: t('inspector.never') },
    { value: String(BYPASSED), label: t('inspector.bypass') },
  ];
  return (
    <Field label={t('inspector.mode')}>
      {(field) => (
        <Select
          id={field}
          value={value}
          options={options}
          onChange={(next) =>
            view.doc?.edit(t('inspector.mode'), view.scope, (tx) => {
              if (next !== '') for (const { id } of found) tx.patch('node', id, { mode: Number(next) });
            })
          }
        />
      )}
    </Field>
  );
}

function Colours({ found }: { readonly found: readonly Inspected[] }) {
  const colours = new Set(found.map(({ node }) => asString(node['color'])));
  const [only] = colours;
  return (
    <div className={css['colours']}>
      {COLOURS.map((colour) => {
        const words = t('inspector.colour', { name: t(colour.name) });
        return (
          <button
            key={colour.name}
            type="button"
            className={css['swatch']}
            style={colour.bgcolor === undefined ? undefined : { backgroundColor: colour.bgcolor }}
            aria-label={words}
            title={words}
            aria-pressed={colours.size === 1 && (only ?? undefined) === colour.color}
            onClick={() => paintSelection(colour)}
          />
        );
      })}
    </div>
  );
}

function Values({ found }: { readonly found: readonly Inspected[] }) {
  const [first] = found;
  if (first === undefined) return null;
  const common = first.shape.widgets.filter((widget) =>
    found.every(({ shape }) => twin(shape, widget) !== undefined),
  );
  if (common.length === 0)
    return found.length === 1 ? null : <p className={css['note']}>{t('inspector.noValues')}</p>;
  return (
    <div className={css['part']}>
      <h3 className={css['head']}>{t(found.length === 1 ? 'inspector.values' : 'inspector.commonValues')}</h3>
      {common.map((widget) => (
        <Value key={`${first.id}/${widget.name}`} found={found} widget={widget} />
      ))}
    </div>
  );
}

/** The widget of a node that is the same as another node's. */
function twin(shape: NodeShape, widget: Widget): Widget | undefined {
  return shape.widgets.find((each) => each.name === widget.name && each.input?.type === widget.input?.type);
}

function Value({ found, widget }: { readonly found: readonly Inspected[]; readonly widget: Widget }) {
  const [first] = found;
  if (first === undefined) return null;
  const { name, label, input, value } = widget;
  const slot = first.shape.inputs.find((each) => each.name === name);
  const link = slot?.link == null ? undefined : view.scene?.graph.links.get(slot.link);
  const isMixed = found.some(({ shape }) => twin(shape, widget)?.value !== value);
  const control = first.shape.type === null ? undefined : controlsOf(first.node, first.shape.type).get(name);
  const ids = found.map(({ id }) => id).join();
  const setAll = (next: typeof value) =>
    view.doc?.edit(
      'change value',
      view.scope,
      (tx) => {
        for (const { id, shape } of found) if (shape.type !== null) setValue(tx, id, shape.type, name, next);
      },
      `value:${ids}:${name}`,
    );
  const Kind = widgetFor(input, value);
  if (link !== undefined && found.length === 1) {
    const node = view.scene?.graph.nodes.get(link.from);
    const title = node === undefined ? link.from : titleOf(node, view.catalog);
    return (
      <p className={css['linked']}>
        <span>{label}</span> {t('inspector.linkedFrom', { title })}
      </p>
    );
  }
  return (
    <div className={css['value']}>
      {input?.multiline === true && <span className={css['label']}>{label}</span>}
      <Kind
        id={`inspect-${first.id}-${name}`}
        node={first.id}
        name={name}
        label={label}
        value={value}
        input={input}
        control={typeof control === 'string' ? control : null}
        isReadOnly={first.shape.type === null}
        isRoomy
        onChange={setAll}
        onSettle={() => view.doc?.seal()}
        onControl={(next) =>
          view.doc?.edit('change seed control', view.scope, (tx) => {
            for (const { id, shape } of found)
              if (shape.type !== null) setControl(tx, id, shape.type, name, next);
          })
        }
      />
      {isMixed && <small className={css['mixed']}>{t('inspector.mixed')}</small>}
    </div>
  );
}

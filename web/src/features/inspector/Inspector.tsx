// Everything about what is selected: title, colour, mode, values; for one node also what its type is and takes. What is
// set here for several nodes is set for all of them in one step.

import { useEffect, useReducer } from 'react';
import { useStore } from 'zustand';
import { bus } from '../../app/bus';
import { help } from '../../app/help';
import { view } from '../../app/view';
import type { Inspected } from '../../core/bulk';
import { asString } from '../../core/json';
import { BYPASSED, MUTED, modeOf, titleOf } from '../../core/slots';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { written } from '../../stores/written';
import { Empty } from '../../ui/Empty';
import { Field, Select } from '../../ui/Field';
import { COLOURS } from '../nodes/api';
import { GroupPart, selectedGroups } from './GroupPart';
import css from './Inspector.module.css';
import { NodeHelp } from './NodeHelp';
import { Swatches, Title } from './parts';
import { Values } from './Values';

export function Inspector() {
  useSelection();
  const wanted = useStore(help, (state) => state.wanted);
  const found = [...view.selected].flatMap((id): Inspected[] => {
    const [node, shape] = [view.scene?.graph.nodes.get(id), view.scene?.shape(id)];
    if (node === undefined || shape === undefined) return [];
    const isShared = shape.type === null && shape.widgets.some(({ input }) => input !== null);
    return [isShared ? { id, node, shape, isShared } : { id, node, shape }];
  });
  const [first] = found;
  const groups = first === undefined ? selectedGroups() : [];
  if (groups.length > 0) return <GroupPart found={groups} />;
  if (first === undefined)
    return <Empty icon="node" title={t('inspector.empty')} text={t('inspector.emptyText')} />;
  const isOne = found.length === 1;
  return (
    <div className={css['inspector']}>
      <div className={css['part']}>
        {isOne ? (
          <Title key={first.id} kind="node" id={first.id} title={titleOf(first.node, view.catalog)} />
        ) : (
          <h3 className={css['several']}>{t('inspector.several', { count: found.length })}</h3>
        )}
        <Mode found={found} />
        <Colours found={found} />
      </div>
      <Values found={found} />
      {isOne && first.shape.type !== null && (
        <NodeHelp type={first.shape.type} wanted={wanted?.node === first.id ? wanted : null} />
      )}
    </div>
  );
}

/** Rendered again when the selection, the document, the tab or a picture that may be shown changes. */
function useSelection(): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const active = useStore(tabs, (state) => state.active);
  useStore(written);
  useEffect(() => bus.on('selection', redraw), []);
  useEffect(() => bus.on('shown', redraw), []);
  useEffect(() => {
    const tab = tabs.getState().tabs.find((each) => each.id === active);
    return tab?.doc.watch(redraw);
  }, [active]);
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
  const pressed =
    colours.size === 1 ? COLOURS.find((each) => (only ?? undefined) === each.color)?.name : undefined;
  return <Swatches pressed={pressed ?? null} of="node" />;
}

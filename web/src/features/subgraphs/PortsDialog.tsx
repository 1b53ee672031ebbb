// Inputs and outputs of a subgraph by name: relabelled, reordered, removed. Instances follow at once; each change is a
// step of undo.

import { useCallback, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { focusCanvas } from '../../app/view';
import type { GraphDoc } from '../../core/doc';
import { asString } from '../../core/json';
import { movePort, type PortSide, removePort, renamePort } from '../../core/ports';
import { portsOf } from '../../core/subgraph';
import type { Scope } from '../../core/types';
import { t } from '../../i18n/t';
import { tabs } from '../../stores/tabs';
import { Button, IconButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field, TextInput } from '../../ui/Field';
import css from './PortsDialog.module.css';
import { shownPorts } from './ports.store';

export function PortsDialog() {
  const scope = useStore(shownPorts, (state) => state.scope);
  const doc = useStore(tabs, (state) => state.tabs.find((tab) => tab.id === state.active)?.doc ?? null);
  return scope === null || doc?.has(scope) !== true ? null : <OpenDialog scope={scope} doc={doc} />;
}

interface PartProps {
  readonly doc: GraphDoc;
  readonly scope: Scope;
}

function OpenDialog({ doc, scope }: PartProps) {
  useSyncExternalStore(
    useCallback((watcher) => doc.watch(watcher), [doc]),
    () => doc.revision,
  );
  const close = () => {
    shownPorts.setState({ scope: null });
    setTimeout(focusCanvas);
  };
  const graph = doc.graph(scope);
  const name = asString(graph.key('name') ?? null) ?? '';
  return (
    <Dialog
      title={t('subgraph.portsTitle')}
      closeLabel={t('app.close')}
      onClose={close}
      footer={
        <Button kind="primary" onClick={close}>
          {t('subgraph.done')}
        </Button>
      }
    >
      <Field label={t('subgraph.title')}>
        {(id) => (
          <Typed
            id={id}
            text={name}
            onDone={(text) =>
              text !== '' && doc.edit(t('subgraph.rename'), scope, (tx) => tx.put('key', 'name', text))
            }
          />
        )}
      </Field>
      <Ports doc={doc} scope={scope} side="inputs" />
      <Ports doc={doc} scope={scope} side="outputs" />
    </Dialog>
  );
}

function Ports({ doc, scope, side }: PartProps & { readonly side: PortSide }) {
  const ports = portsOf(doc.graph(scope), side);
  return (
    <section className={css['ports']}>
      <h3>{t(`subgraph.${side}`)}</h3>
      {ports.length === 0 && <p className={css['none']}>{t('subgraph.noPorts')}</p>}
      <ul>
        {ports.map((port, index) => {
          const words = { name: port.label };
          const move = (to: number) =>
            doc.edit(t('subgraph.stepMove'), scope, (tx) => movePort(tx, side, index, to));
          return (
            <li key={port.name}>
              <Typed
                label={t('subgraph.portLabel', { name: port.name })}
                text={port.label}
                onDone={(text) =>
                  doc.edit(t('subgraph.stepRename'), scope, (tx) => renamePort(tx, side, index, text))
                }
              />
              <span className={css['type']}>{port.type}</span>
              <IconButton
                icon="arrowUp"
                label={t('subgraph.portUp', words)}
                disabled={index === 0}
                onClick={() => move(index - 1)}
              />
              <IconButton
                icon="arrowDown"
                label={t('subgraph.portDown', words)}
                disabled={index === ports.length - 1}
                onClick={() => move(index + 1)}
              />
              <IconButton
                icon="trash"
                label={t('subgraph.portRemove', words)}
                onClick={() => doc.edit(t('subgraph.stepRemove'), scope, (tx) => removePort(tx, side, index))}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface TypedProps {
  readonly id?: string;
  readonly label?: string;
  readonly text: string;
  readonly onDone: (text: string) => void;
}

/** A text that counts once it is left or Enter is pressed. */
function Typed({ id, label, text, onDone }: TypedProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const finish = () => {
    if (draft !== null && draft.trim() !== text) onDone(draft.trim());
    setDraft(null);
  };
  return (
    <TextInput
      {...(id === undefined ? {} : { id })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      value={draft ?? text}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        finish();
      }}
    />
  );
}

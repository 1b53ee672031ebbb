// Values that do not fit: what each is read as now and what it was probably meant for, node by node. Nothing is changed
// unless it is accepted.

import { useState } from 'react';
import { useStore } from 'zustand';
import { wordsOfValue } from '../../core/diff';
import type { Repair } from '../../core/repair';
import { t } from '../../i18n/t';
import { issues } from '../../stores/issues';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import css from './Missing.module.css';
import { accept, closeRepairs, repairing } from './repairs';

const keyOf = ({ scope, node }: Repair) => `${scope}/${node}`;

export function RepairDialog() {
  const isOpen = useStore(repairing, (state) => state.isOpen);
  return isOpen ? <OpenDialog /> : null;
}

function OpenDialog() {
  const repairs = useStore(issues, (state) => state.repairs);
  const [refused, setRefused] = useState<ReadonlySet<string>>(new Set());
  const chosen = repairs.filter((repair) => !refused.has(keyOf(repair)));
  const toggle = (key: string) => {
    const next = new Set(refused);
    if (!next.delete(key)) next.add(key);
    setRefused(next);
  };
  return (
    <Dialog
      title={t('repair.title')}
      closeLabel={t('app.close')}
      size="large"
      description={t('repair.text')}
      onClose={closeRepairs}
      footer={
        <>
          <Button onClick={closeRepairs}>{t('app.cancel')}</Button>
          <Button kind="primary" icon="check" disabled={chosen.length === 0} onClick={() => accept(chosen)}>
            {t('repair.accept', { count: chosen.length })}
          </Button>
        </>
      }
    >
      {repairs.length === 0 && <p>{t('repair.none')}</p>}
      {repairs.map((repair) => (
        <NodeTable
          key={keyOf(repair)}
          repair={repair}
          isChosen={!refused.has(keyOf(repair))}
          isOnly={repairs.length === 1}
          onToggle={() => toggle(keyOf(repair))}
        />
      ))}
    </Dialog>
  );
}

interface TableProps {
  readonly repair: Repair;
  readonly isChosen: boolean;
  /** There is no other: what would be done here alone is what the dialog's own button does. */
  readonly isOnly: boolean;
  readonly onToggle: () => void;
}

function NodeTable({ repair, isChosen, isOnly, onToggle }: TableProps) {
  const { title, node, rows, leftOver } = repair;
  const name = t('repair.node', { title, node });
  return (
    <section className={css['repair']} aria-label={name}>
      <header className={css['title']}>
        <label className={css['pick']}>
          <input
            type="checkbox"
            checked={isChosen}
            aria-label={t('repair.pick', { title, node })}
            onChange={onToggle}
          />
          <h3>{name}</h3>
        </label>
        {!isOnly && (
          <Button
            size="small"
            aria-label={t('repair.oneLabel', { title, node })}
            onClick={() => accept([repair])}
          >
            {t('repair.one')}
          </Button>
        )}
      </header>
      <table className={css['table']}>
        <thead>
          <tr>
            <th scope="col" className={css['heading']}>
              {t('repair.input')}
            </th>
            <th scope="col" className={css['heading']}>
              {t('repair.before')}
            </th>
            <th scope="col" className={css['heading']}>
              {t('repair.after')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const [before, after] = [wordsOfValue(row.before), wordsOfValue(row.after)];
            return (
              <tr key={row.name} className={classes(before !== after && css['changed'])}>
                <th scope="row" className={classes(before !== after && css['changedName'])}>
                  {row.name}
                </th>
                <td>{before}</td>
                <td>
                  {after}
                  {row.isDefault && <small> ({t('repair.default')})</small>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {leftOver.length > 0 && (
        <p className={css['where']}>
          {t('repair.leftOver', { values: leftOver.map(wordsOfValue).join(', ') })}
        </p>
      )}
    </section>
  );
}

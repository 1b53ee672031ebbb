// How often one press of Run runs, and whether runs follow each other, as commands beside the menu of the run bar.

import { type Command, registerCommands } from '../../app/commands';
import { t } from '../../i18n/t';
import { activeTab } from '../../stores/tabs';
import { type Batch, batch, setBatch } from './batch';

const COUNTS = [1, 2, 4, 8, 16] as const;
const AUTO: readonly Batch['auto'][] = ['off', 'change', 'always'];

function command(id: string, title: () => string, changes: Partial<Batch>): Command {
  const isSet = () => {
    const { count, auto } = batch.getState();
    return (changes.count ?? count) === count && (changes.auto ?? auto) === auto;
  };
  return {
    ...{ id: `run.${id}`, title, group: 'run', run: () => setBatch(changes) },
    when: () => activeTab() !== null && !isSet(),
  };
}

export function registerBatch(): void {
  registerCommands(
    ...COUNTS.map((count) => command(`count${count}`, () => t('run.countIs', { count }), { count })),
    ...AUTO.map((auto) =>
      command(`auto.${auto}`, () => t('run.autoIs', { when: t(`run.auto.${auto}`) }), { auto }),
    ),
  );
}

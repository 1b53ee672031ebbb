// How often one press of Run runs, and whether runs follow each other, as commands beside the menu of the run bar.

import { type Command, registerCommands } from '../../app/commands';
import { t } from '../../i18n/t';
import { activeTab } from '../../stores/tabs';
import { askText } from '../../ui/ask';
import { type Batch, batch, COUNTS, MOST, readCount, setBatch } from './batch';

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

/** Any number of runs. */
async function askCount(): Promise<void> {
  const attempt = (text: string) => {
    const count = readCount(text);
    if (count === null) return t('run.countWrong', { text, most: MOST });
    setBatch({ count });
    return null;
  };
  await askText({
    title: t('run.countAsk'),
    choices: [{ id: 'set', label: t('run.countSet'), kind: 'primary' }],
    closeLabel: t('app.close'),
    field: { label: t('run.count'), value: String(batch.getState().count), attempt },
  });
}

export function registerBatch(): void {
  registerCommands(
    ...COUNTS.map((count) => command(`count${count}`, () => t('run.countIs', { count }), { count })),
    {
      id: 'run.countOther',
      title: () => t('run.countOther'),
      group: 'run',
      when: () => activeTab() !== null,
      run: askCount,
    },
    ...AUTO.map((auto) =>
      command(`auto.${auto}`, () => t('run.autoIs', { when: t(`run.auto.${auto}`) }), { auto }),
    ),
  );
}

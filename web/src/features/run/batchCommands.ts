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

/** Any number of runs; asked again, with the reason, for what is none. */
async function askCount(): Promise<void> {
  let value = String(batch.getState().count);
  for (let text = ''; ; text = t('run.countWrong', { text: value, most: MOST })) {
    const answer = await askText({
      title: t('run.countAsk'),
      ...(text === '' ? {} : { text }),
      choices: [{ id: 'set', label: t('run.countSet'), kind: 'primary' }],
      closeLabel: t('app.close'),
      field: { label: t('run.count'), value },
    });
    if (answer === null) return;
    const count = readCount(answer);
    if (count !== null) {
      setBatch({ count });
      return;
    }
    value = answer;
  }
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

// How busy the server is, as a few small bars beside the run bar; a press tells it in words and offers to free memory.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { LoadView } from '../../api/schema.gen';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Popover } from '../../ui/Popover';
import { gaugesOf, serverLoad, watchLoad } from './load';
import css from './Meters.module.css';
import { freeMemory } from './memory';

const GIB = 2 ** 30;
const FULL = 0.9;

export function Meters() {
  const load = useStore(serverLoad, (state) => state.load);
  useEffect(watchLoad, []);
  if (load === null) return null;
  const lines = linesOf(load);
  const gauges = gaugesOf(load);
  return (
    <Popover
      label={t('meters.label')}
      align="end"
      className={css['sheet']}
      trigger={
        <button
          type="button"
          className={css['meters']}
          aria-label={t('meters.summary', {
            parts: lines.map(({ name, value }) => `${name} ${value}`).join(', '),
          })}
          title={lines.map(({ name, value }) => `${name}: ${value}`).join('\n')}
        >
          {gauges.map(({ id, part, mayRunOut }) => (
            <span key={id} className={css['bar']}>
              <span
                className={classes(css['fill'], mayRunOut && part > FULL && css['full'])}
                style={{ transform: `scaleY(${part})` }}
              />
            </span>
          ))}
        </button>
      }
    >
      <dl className={css['lines']}>
        {lines.map(({ id, name, value }) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button size="small" onClick={() => void freeMemory()}>
        {t('meters.free')}
      </Button>
    </Popover>
  );
}

interface Line {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

function linesOf({ cpu_percent, memory_bytes, used_bytes, devices }: LoadView): Line[] {
  const used = (part: number, all: number) =>
    t('meters.used', { used: (part / GIB).toFixed(1), total: (all / GIB).toFixed(1) });
  return [
    ...(cpu_percent === null
      ? []
      : [
          {
            id: 'cpu',
            name: t('meters.cpu'),
            value: t('meters.percent', { percent: Math.round(cpu_percent) }),
          },
        ]),
    { id: 'ram', name: t('meters.ram'), value: used(used_bytes, memory_bytes) },
    ...devices.map((device, place) => ({
      id: `vram${place}`,
      name: t('meters.vram', { name: device.name }),
      value: used(device.used_bytes, device.memory_bytes),
    })),
  ];
}

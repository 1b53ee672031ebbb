// What this is, what it runs on, and how much room there is.

import { useEffect, useState } from 'react';
import { call } from '../../api/call';
import { api, wordsOf } from '../../api/client';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { closeDialog } from '../../stores/dialogs';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Spinner } from '../../ui/Spinner';
import { toast } from '../../ui/Toast';
import css from './About.module.css';

interface Stats {
  readonly system: {
    readonly os: string;
    readonly ram_total: number;
    readonly ram_free: number;
    readonly skein_version: string;
    readonly python_version: string;
    readonly pytorch_version: string;
    readonly argv: readonly string[];
  };
  readonly devices: readonly {
    readonly name: string;
    readonly vram_total: number;
    readonly vram_free: number;
  }[];
}

export function About() {
  const [stats, setStats] = useState<Stats | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    const ask = () =>
      api
        .get<Stats>('/system_stats')
        .then(setStats)
        .catch((thrown: unknown) => setError(wordsOf(thrown)));
    void ask();
    const timer = setInterval(ask, 3000);
    return () => clearInterval(timer);
  }, []);
  const free = async () => {
    try {
      await call('POST /api/v1/memory/free');
      toast({ kind: 'success', title: t('about.freed') });
    } catch (thrown) {
      toast({ kind: 'error', title: t('about.freeFailed'), text: wordsOf(thrown) });
    }
  };
  return (
    <Dialog
      title={t('about.title')}
      closeLabel={t('app.close')}
      onClose={closeDialog}
      footer={<Button onClick={() => void free()}>{t('about.free')}</Button>}
    >
      {error !== '' && <p className={css['error']}>{error}</p>}
      {stats === null && error === '' && <Spinner label={t('app.loading')} />}
      {stats !== null && (
        <>
          <dl className={css['facts']}>
            <Fact name={t('about.version')} value={stats.system.skein_version} />
            <Fact name={t('about.types')} value={String(catalog.getState().types.size)} />
            <Fact name={t('about.python')} value={stats.system.python_version.split(' ')[0] ?? ''} />
            <Fact name={t('about.torch')} value={stats.system.pytorch_version} />
            <Fact name={t('about.system')} value={stats.system.os} />
            <Fact name={t('about.options')} value={stats.system.argv.slice(1).join(' ') || '–'} />
          </dl>
          <Meter name={t('about.memory')} free={stats.system.ram_free} total={stats.system.ram_total} />
          {stats.devices
            .filter((device) => device.name !== 'cpu')
            .map((device) => (
              <Meter key={device.name} name={device.name} free={device.vram_free} total={device.vram_total} />
            ))}
        </>
      )}
    </Dialog>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Meter({
  name,
  free,
  total,
}: {
  readonly name: string;
  readonly free: number;
  readonly total: number;
}) {
  const used = total - free;
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return (
    <div className={css['meter']}>
      <p>
        <span>{name}</span>
        <span className={css['figures']}>{t('about.used', { used: gib(used), total: gib(total) })}</span>
      </p>
      <meter className={css['track']} aria-label={name} min={0} max={total} value={used} />
    </div>
  );
}

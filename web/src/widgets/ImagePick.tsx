// A picture of the server: chosen from the list or from the gallery, or uploaded by button, paste or drop.

import { type ClipboardEvent, type DragEvent, useRef, useState } from 'react';
import type { InputType } from '../core/catalog';
import { valueFor } from '../core/picture';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import { Combo } from './Combo';
import { widgetHost } from './host';
import { imageIn } from './transfer';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export function ImagePick(props: WidgetProps) {
  const { label, isReadOnly, isRoomy, value, input, onChange, onSettle } = props;
  const picker = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<'idle' | 'over' | 'sending'>('idle');
  const send = async (file: File | undefined) => {
    if (file === undefined || isReadOnly) return;
    setState('sending');
    try {
      onChange(valueFor(input, await widgetHost.upload(file, file.name)));
      onSettle();
    } catch (error) {
      widgetHost.failed(t('widget.uploadFailed'), error instanceof Error ? error.message : String(error));
    }
    setState('idle');
  };
  const choose = async () => {
    const picked = await widgetHost.pick();
    if (picked === null) return;
    onChange(plainIfOffered(picked, input));
    onSettle();
  };
  const thumbnail =
    isRoomy && typeof value === 'string' && value !== ''
      ? widgetHost.thumbnail(value, input?.choices_from ?? null)
      : null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here can be uploaded by the button, too
    <div
      className={classes(css['pick'], state === 'over' && css['pickOver'])}
      onPaste={(event: ClipboardEvent) => {
        const file = imageIn(event.clipboardData);
        if (file === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        void send(file);
      }}
      onDragOver={(event: DragEvent) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setState('over');
      }}
      onDragLeave={() => setState('idle')}
      onDrop={(event: DragEvent) => {
        const file = imageIn(event.dataTransfer);
        setState('idle');
        if (file === undefined) return;
        event.preventDefault();
        event.nativeEvent.stopPropagation();
        void send(file);
      }}
    >
      <div className={css['pair']}>
        <Combo {...props} />
        <button
          type="button"
          className={css['control']}
          aria-label={t('widget.upload', { label })}
          title={t('widget.upload', { label })}
          disabled={isReadOnly || state === 'sending'}
          onClick={() => picker.current?.click()}
        >
          <Icon name={state === 'sending' ? 'clock' : 'upload'} size={12} />
        </button>
        {widgetHost.canPick() && (
          <button
            type="button"
            className={css['control']}
            aria-label={t('widget.fromGallery', { label })}
            title={t('widget.fromGallery', { label })}
            disabled={isReadOnly}
            onClick={() => void choose()}
          >
            <Icon name="image" size={12} />
          </button>
        )}
      </div>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          void send(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      {thumbnail !== null && (
        <img
          key={thumbnail}
          className={css['thumb']}
          src={thumbnail}
          alt={String(value)}
          loading="lazy"
          onError={(event) => {
            event.currentTarget.hidden = true;
          }}
        />
      )}
    </div>
  );
}

/** `a.png [output]` is `a.png` where the input's own list has that. */
function plainIfOffered(value: string, input: InputType | null): string {
  const plain = value.replace(/ \[(input|output|temp)\]$/, '');
  const isOwn = value.endsWith(`[${input?.choices_from ?? 'input'}]`);
  return isOwn && input?.choices?.includes(plain) === true ? plain : value;
}

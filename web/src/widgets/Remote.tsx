// A field whose choices the server gives when asked: the field that it would be otherwise, and a button that asks again.

import { hasControl, isMulti } from '../core/catalog';
import { asArray } from '../core/json';
import { t } from '../i18n/t';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import { Combo } from './Combo';
import { ImagePick } from './ImagePick';
import { MultiSelect } from './MultiSelect';
import { useRemote } from './remote';
import { Seed } from './Seed';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

export function RemoteField(props: WidgetProps) {
  const { label, value, isReadOnly, onChange, onSettle } = props;
  const list = useRemote(props.input);
  if (list === null || props.input === null) return <Combo {...props} />;
  const { remote, isLoading, error, choices } = list;
  const notice = isLoading && choices === null ? t('widget.remoteLoading') : error === '' ? null : error;
  const again = async () => {
    const next = await list.refresh();
    const wanted = remote.chooses === 'first' ? next.choices?.[0] : next.choices?.at(-1);
    if (remote.chooses === null || next.error !== '' || wanted === undefined || wanted === value) return;
    onChange(wanted);
    onSettle();
  };
  const words = t('widget.remoteAgain', { label });
  const own = { ...props, input: list.input };
  return (
    <div className={css['pair']}>
      {props.input.image_upload ? (
        <ImagePick {...own} />
      ) : isMulti(props.input) || asArray(value) !== null ? (
        <MultiSelect {...own} />
      ) : hasControl(props.input) ? (
        <Seed {...own} />
      ) : (
        <Combo {...own} notice={notice} />
      )}
      {(remote.hasButton || error !== '') && (
        <button
          type="button"
          className={classes(css['control'], error !== '' && css['failed'])}
          aria-label={error === '' ? words : `${words}. ${error}`}
          title={error === '' ? words : error}
          aria-busy={isLoading}
          disabled={isReadOnly || isLoading}
          onClick={() => void again()}
        >
          <Icon name={isLoading ? 'clock' : error === '' ? 'refresh' : 'alert'} size={12} />
        </button>
      )}
    </div>
  );
}

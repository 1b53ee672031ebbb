// A seed: the number, and what happens to it before each run. The number on the node is the one that is used.

import { isNumeric, numberText } from '../core/numbers';
import { CONTROLS, randomSeed } from '../core/seed';
import { type TextKey, t } from '../i18n/t';
import { Icon, type IconName } from '../ui/Icon';
import { type MenuItem, showMenu } from '../ui/Menu';
import { Combo } from './Combo';
import { widgetHost } from './host';
import { NumberField } from './NumberField';
import type { WidgetProps } from './types';
import css from './widgets.module.css';

const ICONS: Readonly<Record<string, IconName>> = {
  fixed: 'lock',
  increment: 'plus',
  decrement: 'minus',
  randomize: 'dice',
};

export function Seed(props: WidgetProps) {
  const control = props.control ?? 'randomize';
  const words = t('seed.controlLabel', { control: controlWords(control) });
  const button = (
    <button
      type="button"
      className={css['control']}
      aria-label={words}
      aria-haspopup="menu"
      title={words}
      disabled={props.isReadOnly}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        showMenu({ x: box.left, y: box.bottom }, seedItems(props), t('seed.menu', { label: props.label }));
      }}
    >
      <Icon name={ICONS[control] ?? 'dice'} size={12} />
    </button>
  );
  if (props.input?.choices != null)
    return (
      <div className={css['pair']}>
        <Combo {...props} />
        {button}
      </div>
    );
  return <NumberField {...props}>{button}</NumberField>;
}

function controlWords(control: string): string {
  const key = `seed.${control}`;
  return CONTROLS.some((each) => each === control) ? t(key as TextKey) : control;
}

/** What can be done with a seed. */
export function seedItems(props: WidgetProps): MenuItem[] {
  const { node, name, value, input, control, onChange, onSettle, onControl } = props;
  const last = widgetHost.lastSeed(node, name);
  const set = (next: typeof value) => {
    onChange(next);
    onSettle();
  };
  return [
    { kind: 'label', id: 'after', label: t('seed.before') },
    ...CONTROLS.map((each) => ({
      id: each,
      label: t(`seed.${each}`),
      isChecked: each === (control ?? 'randomize'),
      onSelect: () => onControl(each),
    })),
    { kind: 'separator', id: 'line' },
    { id: 'new', label: t('seed.new'), icon: 'dice', onSelect: () => set(randomSeed(input)) },
    {
      id: 'reuse',
      label: t('seed.reuse'),
      icon: 'history',
      ...(last === undefined ? {} : { hint: String(last) }),
      isDisabled: last === undefined,
      onSelect: () => {
        if (last !== undefined) set(last);
        onControl('fixed');
      },
    },
    {
      id: 'copy',
      label: t('seed.copy'),
      icon: 'copy',
      onSelect: () => widgetHost.copy(isNumeric(value) ? numberText(value, input) : String(value)),
    },
  ];
}

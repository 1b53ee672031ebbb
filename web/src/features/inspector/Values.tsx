// The values of what is selected: of one node all of them, of several those that they have in common. What is set here
// is set for all of them in one step.

import { view } from '../../app/view';
import { commonWidgets, type Inspected, isLinked, isMixed, setForAll } from '../../core/bulk';
import { defaultOf } from '../../core/catalog';
import { isAdvanced, isDefault } from '../../core/fold';
import type { Json } from '../../core/json';
import { titleOf, type Widget } from '../../core/slots';
import { controlsOf } from '../../core/values';
import { t } from '../../i18n/t';
import { Icon } from '../../ui/Icon';
import { widgetFor } from '../../widgets/registry';
import css from './Inspector.module.css';

export function Values({ found }: { readonly found: readonly Inspected[] }) {
  const [first] = found;
  if (first === undefined) return null;
  const common = commonWidgets(found);
  if (common.length === 0)
    return found.length === 1 ? null : <p className={css['note']}>{t('inspector.noValues')}</p>;
  const [usual, rare] = [common.filter((widget) => !isAdvanced(widget)), common.filter(isAdvanced)];
  const rows = (widgets: readonly Widget[]) =>
    widgets.map((widget) => <Value key={`${first.id}/${widget.name}`} found={found} widget={widget} />);
  return (
    <div className={css['part']}>
      <h3 className={css['head']}>{t(found.length === 1 ? 'inspector.values' : 'inspector.commonValues')}</h3>
      {rows(usual)}
      {rare.length > 0 && <h4 className={css['subhead']}>{t('inspector.rare')}</h4>}
      {rows(rare)}
    </div>
  );
}

interface ValueProps {
  readonly found: readonly Inspected[];
  readonly widget: Widget;
}

function Value({ found, widget }: ValueProps) {
  const [first] = found;
  if (first === undefined) return null;
  const { name, label, input, value } = widget;
  const control = first.shape.type === null ? undefined : controlsOf(first.node, first.shape.type).get(name);
  const ids = found.map(({ id }) => id).join();
  const gesture = `value:${ids}:${name}`;
  const set = (next: Json, part: 'value' | 'control' = 'value') =>
    view.doc?.edit(
      part === 'value' ? 'change value' : 'change seed control',
      view.scope,
      (tx) => setForAll(tx, found, name, next, part),
      part === 'value' ? gesture : '',
    );
  const setOnce = (next: Json) => {
    view.doc?.seal();
    set(next);
    view.doc?.seal();
  };
  const linked = found.filter(({ shape }) => isLinked(shape, name));
  if (linked.length === found.length) return <Linked found={found} widget={widget} />;
  const Kind = widgetFor(input, value);
  return (
    <div className={css['value']}>
      {input?.multiline === true && <span className={css['label']}>{label}</span>}
      <div className={css['field']}>
        <Kind
          id={`inspect-${first.id}-${name}`}
          node={first.id}
          {...{ name, label, value, input }}
          control={typeof control === 'string' ? control : null}
          isReadOnly={first.shape.type === null && first.isShared !== true}
          isRoomy
          onChange={(next) => set(next)}
          onSettle={() => view.doc?.seal()}
          onAbandon={() => view.doc?.abandon(gesture)}
          onControl={(next) => set(next, 'control')}
        />
      </div>
      <Notes
        {...{ found, widget }}
        linked={linked.length}
        onReset={() => input !== null && setOnce(defaultOf(input))}
        onSame={() => setOnce(value)}
      />
    </div>
  );
}

function Linked({ found, widget }: ValueProps) {
  const link = found[0]?.shape.inputs.find((slot) => slot.name === widget.name)?.link;
  const from = link == null ? undefined : view.scene?.graph.links.get(link)?.from;
  const node = from === undefined ? undefined : view.scene?.graph.nodes.get(from);
  const words =
    found.length > 1
      ? t('inspector.linkedAll')
      : t('inspector.linkedFrom', { title: node === undefined ? (from ?? '') : titleOf(node, view.catalog) });
  return (
    <p className={css['linked']}>
      <span>{widget.label}</span> {words}
    </p>
  );
}

interface NotesProps extends ValueProps {
  readonly linked: number;
  readonly onReset: () => void;
  readonly onSame: () => void;
}

/** Below a value: whether the nodes differ in it, and how to make them the same, or what they were. */
function Notes({ found, widget, linked, onReset, onSame }: NotesProps) {
  const { input, label } = widget;
  const mixed = isMixed(found, widget);
  // Seeds change by themselves, and texts are written anew.
  const canReset = input?.has_default === true && !input.multiline && (mixed || !isDefault(widget));
  if (!mixed && linked === 0 && !canReset) return null;
  return (
    <p className={css['notes']}>
      {mixed && <span className={css['mixed']}>{t('inspector.mixed')}</span>}
      {linked > 0 && <span>{t('inspector.linkedSome', { count: linked })}</span>}
      {mixed && (
        <button type="button" className={css['small']} onClick={onSame}>
          {t('inspector.same')}
        </button>
      )}
      {canReset && (
        <button
          type="button"
          className={css['small']}
          aria-label={t('inspector.resetLabel', { label })}
          onClick={onReset}
        >
          <Icon name="undo" size={12} /> {t('inspector.reset')}
        </button>
      )}
    </p>
  );
}

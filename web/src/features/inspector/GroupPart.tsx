// What groups have: a title, a colour, how large the title is. Set for all that are selected, in one step.

import { view } from '../../app/view';
import { groupFont } from '../../core/groups';
import { asString, type JsonObject } from '../../core/json';
import { t } from '../../i18n/t';
import { Field, Select } from '../../ui/Field';
import { COLOURS, FONTS, setFont } from '../nodes/api';
import css from './Inspector.module.css';
import { Swatches, Title } from './parts';

export interface InspectedGroup {
  readonly id: string;
  readonly group: JsonObject;
}

/** The groups that are selected. */
export function selectedGroups(): InspectedGroup[] {
  return [...view.selectedGroups].flatMap((id): InspectedGroup[] => {
    const group = view.scene?.graph.groups.get(id);
    return group === undefined ? [] : [{ id, group }];
  });
}

export function GroupPart({ found }: { readonly found: readonly InspectedGroup[] }) {
  const [first] = found;
  if (first === undefined) return null;
  const colours = new Set(found.map(({ group }) => asString(group['color'])?.toLowerCase()));
  const [colour] = colours;
  const pressed = colours.size === 1 ? COLOURS.find((each) => each.group === colour)?.name : undefined;
  return (
    <div className={css['inspector']}>
      <div className={css['part']}>
        {found.length === 1 ? (
          <Title key={first.id} kind="group" id={first.id} title={asString(first.group['title']) ?? ''} />
        ) : (
          <h3 className={css['several']}>{t('inspector.severalGroups', { count: found.length })}</h3>
        )}
        <FontSize found={found} />
        <Swatches pressed={pressed ?? null} of="group" />
      </div>
    </div>
  );
}

function FontSize({ found }: { readonly found: readonly InspectedGroup[] }) {
  const sizes = new Set(found.map(({ group }) => groupFont(group)));
  const [size] = sizes;
  const value = sizes.size === 1 ? String(size) : '';
  // A file may say a size that is none of ours.
  const own = value === '' || FONTS.some((each) => String(each) === value) ? [] : [value];
  const options = [
    ...(value === '' ? [{ value: '', label: t('inspector.mixed') }] : []),
    ...[...own, ...FONTS.map(String)].map((each) => ({ value: each, label: each })),
  ];
  return (
    <Field label={t('group.font')}>
      {(field) => (
        <Select
          id={field}
          value={value}
          options={options}
          onChange={(next) => {
            if (next !== '') setFont(Number(next));
          }}
        />
      )}
    </Field>
  );
}

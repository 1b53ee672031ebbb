// What a node type looks like and does, for the search and the help.

import { memo } from 'react';
import type { NodeType } from '../../core/catalog';
import { Dot } from '../../engine/node/SlotRow';
import { t } from '../../i18n/t';
import css from './SearchPanel.module.css';

export const NodePreview = memo(function NodePreview({ type }: { readonly type: NodeType }) {
  const sockets = type.inputs.filter((input) => !input.is_widget);
  const widgets = type.inputs.filter((input) => input.is_widget && input.options['hidden'] !== true);
  return (
    <aside className={css['preview']} aria-label={t('search.preview')}>
      <div className={css['card']}>
        <p className={css['cardTitle']}>{type.display_name}</p>
        <div className={css['cardSlots']}>
          <ul>
            {sockets.map((input) => (
              <li key={input.name}>
                <Dot type={input.type} isList={input.is_list} isOptional={!input.required} />
                <span>{input.name}</span>
              </li>
            ))}
          </ul>
          <ul className={css['cardOut']}>
            {type.outputs.map((output, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: outputs are known by their place
              <li key={index}>
                <span>{output.name || output.type}</span>
                <Dot type={output.type} isList={output.is_list} />
              </li>
            ))}
          </ul>
        </div>
        {widgets.slice(0, 8).map((input) => (
          <p key={input.name} className={css['cardWidget']}>
            <span>{input.name}</span>
            <span>{input.has_default ? String(input.default ?? '').slice(0, 24) : ''}</span>
          </p>
        ))}
        {widgets.length > 8 && (
          <p className={css['cardMore']}>{t('search.moreWidgets', { count: widgets.length - 8 })}</p>
        )}
      </div>
      <p className={css['words']}>{type.description || t('search.noDescription')}</p>
      <p className={css['source']}>{t('search.source', { type: type.type, module: type.module })}</p>
    </aside>
  );
});

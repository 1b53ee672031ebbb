// What a node type is, takes and gives, in its own words.

import { useEffect, useRef } from 'react';
import type { HelpSubject } from '../../app/help';
import type { NodeType } from '../../core/catalog';
import { Dot } from '../../engine/node/SlotRow';
import { t } from '../../i18n/t';
import { inputFacts } from '../nodes/api';
import css from './Inspector.module.css';

export interface NodeHelpProps {
  readonly type: NodeType;
  /** What of it is to be brought into sight; null for nothing. */
  readonly wanted: HelpSubject | null;
}

export function NodeHelp({ type, wanted }: NodeHelpProps) {
  const part = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wanted === null) return;
    const entry = part.current?.querySelector('[data-lit]');
    if (entry != null) entry.scrollIntoView({ block: 'center' });
    else part.current?.scrollIntoView({ block: 'start' });
  }, [wanted]);
  const lit = (side: 'input' | 'output', name: string) =>
    wanted?.slot?.side === side && wanted.slot.name === name ? { 'data-lit': '' } : {};
  const inputs = type.inputs.filter((input) => input.options['hidden'] !== true);
  return (
    <div ref={part} className={css['part']}>
      <h3 className={css['head']}>{t('inspector.help')}</h3>
      <p className={css['words']}>{type.description || t('search.noDescription')}</p>
      {inputs.length > 0 && (
        <>
          <h4 className={css['subhead']}>{t('inspector.inputs')}</h4>
          <dl className={css['facts']}>
            {inputs.map((input) => (
              <div key={input.name} {...lit('input', input.name)}>
                <dt>
                  <Dot type={input.type} isList={input.is_list} isOptional={!input.required} />
                  {input.name}
                  <span className={css['type']}>{input.type}</span>
                </dt>
                {input.tooltip !== '' && <dd>{input.tooltip}</dd>}
                {inputFacts(input) !== '' && <dd className={css['fact']}>{inputFacts(input)}</dd>}
              </div>
            ))}
          </dl>
        </>
      )}
      {type.outputs.length > 0 && (
        <>
          <h4 className={css['subhead']}>{t('inspector.outputs')}</h4>
          <dl className={css['facts']}>
            {type.outputs.map((output, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: outputs are known by their place
              <div key={index} {...lit('output', output.name)}>
                <dt>
                  <Dot type={output.type} isList={output.is_list} />
                  {output.name || output.type}
                  <span className={css['type']}>{output.type}</span>
                </dt>
                {output.tooltip !== '' && <dd>{output.tooltip}</dd>}
              </div>
            ))}
          </dl>
        </>
      )}
      <p className={css['source']}>{t('search.source', { type: type.type, module: type.module })}</p>
    </div>
  );
}

// Workflows to begin with: a picture of what each makes, and whether it can run here.

import { useStore } from 'zustand';
import type { Template } from '../../api/templates';
import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { openTemplate } from './open';
import css from './Templates.module.css';
import { wordsOfTag } from './tags';
import { type Check, keyOf, templates } from './templates.store';

interface CardsProps {
  readonly shown: readonly Template[];
  readonly onOpen?: () => void;
  /** With tags, and the models that each needs. */
  readonly isFull?: boolean;
}

export function TemplateCards({ shown, onOpen, isFull = false }: CardsProps) {
  const checks = useStore(templates, (state) => state.checks);
  return (
    <ul className={css['list']}>
      {shown.map((template) => (
        <Card
          key={keyOf(template)}
          template={template}
          check={checks.get(keyOf(template)) ?? null}
          onOpen={onOpen}
          isFull={isFull}
        />
      ))}
    </ul>
  );
}

/** Where the cards will be, so that nothing moves when they come. */
export function CardPlaces({ count }: { readonly count: number }) {
  return (
    <ul className={css['list']} aria-hidden="true">
      {Array.from({ length: count }, (_none, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <li key={index} className={css['card']}>
          <span className={css['face']}>
            <span className={css['blank']} />
            <span className={css['name']}>&nbsp;</span>
            <span className={css['status']}>&nbsp;</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface CardProps {
  readonly template: Template;
  readonly check: Check | null;
  readonly onOpen: (() => void) | undefined;
  readonly isFull: boolean;
}

function Card({ template, check, onOpen, isFull }: CardProps) {
  const open = (runs: boolean) => {
    onOpen?.();
    void openTemplate(template, runs);
  };
  return (
    <li className={css['card']}>
      <button type="button" className={css['face']} onClick={() => open(false)}>
        {template.picture === null ? (
          <span className={css['blank']}>
            <Icon name="workflow" size={40} />
          </span>
        ) : (
          <img src={template.picture} alt="" width={160} height={160} decoding="async" />
        )}
        <span className={css['name']}>{template.title}</span>
        <Status check={check} />
        {isFull && check !== null && <Facts check={check} />}
      </button>
      {check?.state === 'ready' && (
        <Button
          className={css['run']}
          size="small"
          kind="primary"
          icon="play"
          aria-label={t('templates.runIt', { name: template.title })}
          title={t('templates.runIt', { name: template.title })}
          onClick={() => open(true)}
        />
      )}
    </li>
  );
}

function Facts({ check }: { readonly check: Check }) {
  return (
    <span className={css['about']}>
      {check.tags.length > 0 && (
        <span className={css['tags']}>
          {check.tags.map((tag) => (
            <span key={tag} className={css['tag']}>
              {wordsOfTag(tag)}
            </span>
          ))}
        </span>
      )}
      {check.needs.map((model) => (
        <span
          key={`${model.kind}/${model.name}`}
          className={classes(css['need'], !model.isThere && css['missing'])}
          title={t(model.isThere ? 'templates.modelThere' : 'templates.modelMissing', { name: model.name })}
        >
          <Icon name={model.isThere ? 'check' : 'alert'} size={12} />
          <span className={css['needName']}>{model.name}</span>
          <span className="visually-hidden">
            {t(model.isThere ? 'templates.there' : 'templates.notThere')}
          </span>
        </span>
      ))}
    </span>
  );
}

function Status({ check }: { readonly check: Check | null }) {
  if (check === null || check.state === 'asking')
    return <span className={css['status']}>{t('templates.asking')}</span>;
  if (check.state === 'ready')
    return (
      <span className={classes(css['status'], css['ready'])}>
        <Icon name="check" size={12} />
        {t('templates.ready')}
      </span>
    );
  const names = [...check.models.map((model) => model.name), ...check.types.map((type) => type.node_type)];
  return (
    <span
      className={classes(css['status'], css['missing'])}
      title={names.length > 0 ? names.join('\n') : check.message}
    >
      <Icon name="alert" size={12} />
      {check.models.length > 0
        ? t('templates.models', { count: check.models.length })
        : check.types.length > 0
          ? t('templates.types', { count: check.types.length })
          : t('templates.failed')}
    </span>
  );
}

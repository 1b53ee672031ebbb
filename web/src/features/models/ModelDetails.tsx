// What a model file is: its picture, its size, what it says of itself, and what can be done with it.

import { useEffect, useState } from 'react';
import { wordsOf } from '../../api/client';
import { type ModelDetails as Details, pictureOf, readModel } from '../../api/models';
import { copyText } from '../../app/clipboard';
import { sizeInWords, when } from '../../core/words';
import { t } from '../../i18n/t';
import { Button, IconButton } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import css from './Models.module.css';
import { choose } from './models.store';
import { addLoader } from './use';

interface DetailsProps {
  readonly kind: string;
  readonly name: string;
}

export function ModelDetails({ kind, name }: DetailsProps) {
  const [details, setDetails] = useState<Details | null>(null);
  const [error, setError] = useState('');
  useEffect(() => {
    let isCurrent = true;
    readModel(kind, name)
      .then((found) => isCurrent && setDetails(found))
      .catch((thrown: unknown) => isCurrent && setError(wordsOf(thrown)));
    return () => {
      isCurrent = false;
    };
  }, [kind, name]);
  const own = name.slice(name.lastIndexOf('/') + 1);
  return (
    <section className={css['details']} aria-label={t('models.details', { name: own })}>
      <header className={css['detailsHead']}>
        <h3 title={name}>{own}</h3>
        <IconButton icon="close" size="small" label={t('models.close')} onClick={() => choose(null)} />
      </header>
      <div className={css['buttons']}>
        <Button size="small" kind="primary" icon="plus" onClick={() => addLoader(kind, name)}>
          {t('models.add')}
        </Button>
        <Button size="small" icon="copy" onClick={() => void copyText(name, t('models.copied'))}>
          {t('models.copy')}
        </Button>
      </div>
      {error !== '' && <p className={css['problem']}>{error}</p>}
      {details === null && error === '' && <Spinner label={t('app.loading')} />}
      {details !== null && <Facts details={details} />}
    </section>
  );
}

function Facts({ details }: { readonly details: Details }) {
  const { kind, name, family, tensors, parameters, dtypes, metadata, sha256, problem } = details;
  const facts: readonly (readonly [string, string])[] = [
    [t('models.family'), family],
    [t('models.size'), sizeInWords(details.size_bytes)],
    [t('models.date'), when(details.modified_at)],
    [
      t('models.tensors'),
      tensors === null
        ? ''
        : t('models.tensorsText', {
            count: tensors.toLocaleString(),
            parameters: (parameters ?? 0).toLocaleString(),
            dtypes: dtypes.join(', '),
          }),
    ],
    [t('models.hash'), sha256 ?? t('models.hashNone')],
  ];
  // Pictures in a header are shown already.
  const said = Object.entries(metadata).filter(([, value]) => !value.startsWith('data:'));
  return (
    <>
      {(details.has_picture || metadata['modelspec.thumbnail'] !== undefined) && (
        <img className={css['picture']} src={pictureOf(kind, name)} alt={t('models.picture', { name })} />
      )}
      {problem !== '' && (
        <p className={css['problem']}>
          <b>{t('models.problem')}</b> {problem}
        </p>
      )}
      <dl className={css['facts']}>
        {facts
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <h4 className={css['heading']}>{t('models.metadata')}</h4>
      {said.length === 0 ? (
        <p className={css['none']}>{t('models.noMetadata')}</p>
      ) : (
        <dl className={css['facts']}>
          {said.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

// The large preview as a panel at the side.

import { t } from '../../i18n/t';
import { Button } from '../../ui/Button';
import css from './Preview.module.css';
import { Stage } from './Stage';
import { float } from './store';

export function Docked() {
  return (
    <div className={css['docked']}>
      <div className={css['body']}>
        <Stage />
      </div>
      <Button size="small" onClick={float}>
        {t('preview.float')}
      </Button>
    </div>
  );
}
